import { describeSmallRuns } from './small-runs.js';

describeSmallRuns('exact');
