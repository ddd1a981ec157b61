// Loaded into the foreign client's process before its command line (`node --import`). It changes nothing about how the
// client works but for one rule more: the client has a check of Ethereum's difficulty (its `EthashConsensus`), which
// its command line leaves out; here every header and uncle header goes through it. The seal stays unchecked: ours is
// Keccak, the client knows Ethash. At the end, one line tells what was checked and which messages came in.
import { Blockchain, EthashConsensus } from '@ethereumjs/blockchain';
import { ETH, EthMessageCodeNames } from '@ethereumjs/devp2p';

const seen = { difficulties: 0, messages: {} };
const checks = new WeakMap();

function checkOf(blockchain) {
  const known = checks.get(blockchain);
  if (known !== undefined) return known;
  const check = new EthashConsensus({});
  void check.setup({ blockchain });
  const { validateDifficulty } = check;
  check.validateDifficulty = async (header) => {
    await validateDifficulty.call(check, header);
    seen.difficulties++;
  };
  checks.set(blockchain, check);
  return check;
}

Object.defineProperty(Blockchain.prototype, 'consensus', {
  get() {
    return checkOf(this);
  },
});

const handle = ETH.prototype._handleMessage;
ETH.prototype._handleMessage = function (code, data) {
  const name = EthMessageCodeNames[code] ?? String(code);
  seen.messages[name] = (seen.messages[name] ?? 0) + 1;
  return handle.call(this, code, data);
};

process.on('exit', () => {
  console.log(`observed ${JSON.stringify(seen)}`);
});
