export { fakeIdentity, fakeScheme } from '../../src/sim/fake-identity.js';
