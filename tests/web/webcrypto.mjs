// SPDX-License-Identifier: Apache-2.0
// What browsers have, and Node.js only from version 19 on.
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
