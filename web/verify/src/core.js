// SPDX-License-Identifier: Apache-2.0
// The verifier without its page, for tests and for other programs.
export { Refused } from './bytes.js';
export { parseProof, proofHolds } from './checkpoint.js';
export { crc32 } from './crc32.js';
export { ed25519Check } from './ed25519.js';
export { hashPieces } from './hash.js';
export { merkleHolds } from './merkle.js';
export { parseOts } from './ots.js';
export { partsOpen } from './parts.js';
export { parsePolicy, weigh } from './policy.js';
export { publishedPieces } from './published.js';
export { safeText } from './utf8.js';
export { verdictJson, verdictText } from './verdict.js';
export { verifyBundle } from './verify.js';
