// SPDX-License-Identifier: Apache-2.0
// Puts the page together: one HTML file with its style and script inside, and a policy that lets
// it load nothing and talk to nobody. Called by script/web: build.mjs FOLDER yes|no
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const GZIP_MAX = 60 * 1000; /* bytes */

const out = resolve(process.argv[2] ?? 'build/web');
const here = dirname(fileURLToPath(import.meta.url));
const { buildSync, transformSync } = createRequire(join(out, 'package.json'))('esbuild');

function bundle(entry, format, minify) {
    const result = buildSync({
        entryPoints: [join(here, 'src', entry)],
        bundle: true,
        write: false,
        format,
        minify,
        charset: 'utf8',
        legalComments: 'none',
        target: ['es2022'],
        nodePaths: [join(out, 'node_modules')],
        logLevel: 'warning',
    });
    return result.outputFiles[0].text;
}

const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function put(name, text) {
    const path = join(out, name);
    writeFileSync(path + '.new', text);
    renameSync(path + '.new', path);
}

function page() {
    const script = bundle('page.js', 'iife', true).trim();
    const css = readFileSync(join(here, 'src', 'page.css'), 'utf8');
    const style = transformSync(css, { loader: 'css', minify: true }).code.trim();
    if (script.includes('</script') || style.includes('</style'))
        throw new Error('something would end the script or the style too early');
    /* Nothing is loaded and nothing is sent: only what is in this file runs. What it plays, and
     * the threads that compute, come from the file itself. */
    const rules = ["default-src 'none'", `script-src ${hashOf(script)}`,
        `style-src ${hashOf(style)}`, 'worker-src blob:', 'media-src blob:', "base-uri 'none'",
        "form-action 'none'"].join('; ');
    const fill = { RULES: rules, STYLE: style, SCRIPT: script };
    return readFileSync(join(here, 'src', 'page.html'), 'utf8')
        .replace(/@(RULES|STYLE|SCRIPT)@/g, (_, name) => fill[name]);
}

if (process.argv[3] === 'yes')
    put('core.mjs', bundle('core.js', 'esm', false));
const html = page();
const packed = gzipSync(html, { level: 9 }).length;
put('verify.html', html);
console.log(`${join(out, 'verify.html')}: ${html.length} bytes, ${packed} with gzip, SHA-256 ` +
    createHash('sha256').update(html).digest('hex'));
if (packed >= GZIP_MAX) {
    console.error(`web: larger than ${GZIP_MAX} bytes with gzip`);
    process.exitCode = 1;
}
