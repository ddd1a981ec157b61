import type { VectorSuiteId } from '../support/suites/vector-suites.js';

/** Cases of a public suite that this node cannot be held to, and why. */
export interface NotApplicable {
  readonly suite: VectorSuiteId;
  readonly reason: string;
  /** By the names that the suite's test gives them. */
  readonly cases: readonly string[];
}

const wycheproof = (ids: readonly number[]): string[] => ids.map(String);

/** How many cases are listed below; a change of it wants a reason. */
export const NOT_APPLICABLE_CASES = 299;

/**
 * Every case of every public suite that does not apply. No other place leaves one out: in each suite the cases that
 * passed and those listed here are all that the manifest promises. Of the suites with blocks and transactions there is
 * none: what needs contracts is not among the data.
 */
export const NOT_APPLICABLE: readonly NotApplicable[] = [
  {
    suite: 'ecdh',
    reason: 'upstream leaves it open whether these keys are taken ("acceptable"): neither answer is wrong',
    cases: wycheproof([
      2, 498, 499, 500, 501, 504, 506, 510, 531, 532, 533, 534, 535, 536, 537, 538, 539, 540, 541, 542, 543, 544, 545,
      546, 547, 548, 549, 550, 551, 552, 553, 554, 555, 556, 557, 558, 559, 560, 561, 562, 563, 564, 565, 566, 567, 568,
      569, 570, 571, 572, 573, 574, 575, 576, 577, 578, 579, 580, 581, 582, 583, 584, 585, 586, 587, 588, 589, 590, 591,
      592, 593, 594, 595, 596, 597, 598, 599, 600, 601, 602, 603, 604, 605, 606, 607, 608, 609, 610, 611, 612, 613, 614,
      615, 616, 617, 618, 619, 620, 621, 622, 623, 624, 625, 626, 627, 628, 629, 630, 631, 632, 633, 634, 635, 636, 637,
      638, 639, 640, 641, 642, 643, 644, 645, 646, 647, 648, 649, 650, 651, 652, 653, 654, 655, 656, 657, 658, 659, 660,
      661, 662, 663, 664, 665, 666, 667, 668, 669, 670, 671, 672, 673, 674, 675, 676, 677, 678, 679, 680, 681, 682, 683,
      684, 685, 686, 687, 688, 689, 690, 691, 692, 693, 694, 695, 696, 697, 698, 699, 700, 701, 702, 703, 704, 705, 706,
      707, 708, 709, 710, 711, 712, 713, 714, 715, 716, 717, 718, 719, 720, 721, 722, 723, 724, 725, 726, 727, 728, 729,
      730, 731, 732, 733, 734, 735, 736, 737, 738, 739, 740, 741, 742, 743, 744, 745, 746, 747, 748, 749, 750, 751, 752,
    ]),
  },
  {
    suite: 'ecdh',
    reason:
      'about the DER form of public keys (other curves, parameters, lengths); the wire has raw points only, and this node has no such parser',
    cases: wycheproof([
      491, 492, 493, 496, 497, 502, 503, 505, 507, 508, 509, 511, 512, 513, 514, 515, 516, 517, 518, 519, 520, 521, 522,
      523, 524, 525, 526, 527,
    ]),
  },
  {
    suite: 'openrpc',
    reason: 'engine API: for a consensus client, which proof of work does not have',
    cases: [
      'engine_exchangeCapabilities',
      'engine_exchangeTransitionConfigurationV1',
      'engine_forkchoiceUpdatedV1',
      'engine_forkchoiceUpdatedV2',
      'engine_forkchoiceUpdatedV3',
      'engine_forkchoiceUpdatedV4',
      'engine_forkchoiceUpdatedV5',
      'engine_getBlobsV1',
      'engine_getBlobsV2',
      'engine_getBlobsV3',
      'engine_getBlobsV4',
      'engine_getInclusionListV1',
      'engine_getPayloadBodiesByHashV1',
      'engine_getPayloadBodiesByHashV2',
      'engine_getPayloadBodiesByRangeV1',
      'engine_getPayloadBodiesByRangeV2',
      'engine_getPayloadV1',
      'engine_getPayloadV2',
      'engine_getPayloadV3',
      'engine_getPayloadV4',
      'engine_getPayloadV5',
      'engine_getPayloadV6',
      'engine_newPayloadV1',
      'engine_newPayloadV2',
      'engine_newPayloadV3',
      'engine_newPayloadV4',
      'engine_newPayloadV5',
      'engine_newPayloadV6',
    ],
  },
  {
    suite: 'openrpc',
    reason: 'builds blocks for tests of a consensus client',
    cases: ['testing_buildBlockV1'],
  },
  {
    suite: 'openrpc',
    reason: 'later than London: blobs and block access lists',
    cases: ['eth_blobBaseFee', 'eth_getBlockAccessList', 'debug_getRawBlockAccessList'],
  },
  {
    suite: 'openrpc',
    reason: 'executes contracts, or reads what only they write',
    cases: [
      'debug_traceBlockByHash',
      'debug_traceBlockByNumber',
      'debug_traceTransaction',
      'eth_createAccessList',
      'eth_simulateV1',
      'eth_getStorageValues',
    ],
  },
  {
    suite: 'openrpc',
    reason: 'needs account keys, and the node holds none',
    cases: ['eth_sendTransaction', 'eth_sign', 'eth_signTransaction'],
  },
];

/** The names of the cases of a suite that do not apply. */
export const notApplicableTo = (id: VectorSuiteId): string[] =>
  NOT_APPLICABLE.filter(({ suite }) => suite === id).flatMap(({ cases }) => cases);
