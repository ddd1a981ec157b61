export { seededRandom } from '../../src/sim/seeded-random.js';
