import { createFakeScheme } from '../../src/sim/machines/fake-identity.js';

export { fakeIdentity } from '../../src/sim/machines/fake-identity.js';

/** The scheme of fake identities; it is of no consequence that all tests of a file share one. */
export const fakeScheme = createFakeScheme();
