// SPDX-License-Identifier: Apache-2.0
// Every view of the page that the program serves, for everybody: axe finds nothing in both languages, both themes and at
// two widths; nothing sticks out; hostile names and texts run nowhere; the case and bundles by the keyboard.
// Pictures of the views are put into $EARWITNESS_SHOTS.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { launch } from './chrome.mjs';
import { done, test } from './tap.mjs';

const here = resolve(process.env.EARWITNESS_WEB ?? 'build/web');
const axe = readFileSync(createRequire(resolve(here, 'package.json')).resolve('axe-core/axe.min.js'), 'utf8');
const shots = resolve(process.env.EARWITNESS_SHOTS ?? 'build/shots');
mkdirSync(shots, { recursive: true });

const dir = mkdtempSync(join(tmpdir(), 'ew-web-access-'));
const file = (name) => join(dir, name);
const child = spawn('python3', [fileURLToPath(new URL('page_world.py', import.meta.url)), dir],
    { stdio: ['pipe', 'pipe', 'inherit'] });
const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
const world = JSON.parse(value);
const origin = world.url.split('/#')[0];

const browser = await launch();
const complaints = [];
const requests = [];

/** A window with a session of its own. */
let key = null;
async function open(options = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...options });
    const page = await context.newPage();
    page.on('console', (m) => ['error', 'warning'].includes(m.type()) && complaints.push(m.text()));
    page.on('pageerror', (e) => complaints.push(e.stack));
    page.on('request', (r) => !r.url().startsWith('blob:') && requests.push(r.url()));
    let url = world.url;
    if (key !== null) {
        const told = await fetch(`${origin}/api/token`, { method: 'POST', body: '{}', headers: { 'X-Earwitness-Key': key } });
        url = `${origin}/#${(await told.json()).token}`;
    }
    await page.goto(url);
    await page.waitForSelector('#nav a');
    key ??= await page.evaluate(() => sessionStorage.getItem('earwitness-key'));
    return page;
}

const quiet = (page) => page.waitForLoadState('networkidle');

async function go(page, hash) {
    await page.evaluate((h) => {
        location.hash = h;
    }, hash);
    await page.waitForTimeout(150);
    await quiet(page);
}

const first = await open();

await test('each kind of work is done, for its views', async () => {
    for (const [view, files] of [['check', ['cut.wav']], ['inspect', ['cut.wav']], ['diff', ['speech.wav', 'cut.wav']],
        ['family', ['speech.wav', 'cut.wav']]]) {
        await go(first, `#/${view}`);
        const inputs = await first.locator('main input[type=file]').count();
        if (inputs >= files.length)
            for (const [i, name] of files.entries())
                await first.locator('main input[type=file]').nth(i).setInputFiles(file(name));
        else
            await first.locator('main input[type=file]').first().setInputFiles(files.map(file));
        const start = first.locator('main button:visible', { hasText: /^(Compare|Order them)$/ });
        if (await start.count() > 0 && await start.first().isEnabled())
            await start.first().click();
        await first.waitForFunction((v) => new RegExp(`^#/${v}/\\d+`).test(location.hash), view, { timeout: 60000 });
        await first.waitForSelector('main table', { timeout: 60000 });
    }
});

let jobs = [];
let caseHash = '';
await test('the case by the keyboard: a quotation is accepted, another refused', async () => {
    jobs = (await (await fetch(`${origin}/api/jobs`, { headers: { 'X-Earwitness-Key': key } })).json()).jobs;
    await go(first, '#/case');
    caseHash = await first.evaluate(() => document.querySelector('main table a').hash);
    await go(first, `${caseHash}/quotes`);
    assert.equal(await first.locator('article.quote').count(), 4);
    await first.keyboard.press('a');
    await first.waitForFunction(() => document.querySelectorAll('article.quote').length === 3);
    // What is missing is asked for, and not guessed.
    await first.keyboard.press('a');
    await first.waitForSelector('article.quote .problem');
    assert.equal(await first.evaluate(() => document.activeElement.tagName), 'SELECT');
    await first.keyboard.press('r'); // a letter in a field is a letter
    assert.equal(await first.locator('article.quote').count(), 3);
    await first.locator('article.quote').nth(1).focus();
    await first.keyboard.press('a');
    await first.waitForFunction(() => document.querySelectorAll('article.quote').length === 2);
    await first.locator('article.quote').nth(1).focus();
    await first.keyboard.press('r');
    await first.waitForFunction(() => document.querySelectorAll('article.quote').length === 1);
    await go(first, `${caseHash}/timeline`);
    await first.waitForSelector('td.reversed');
    assert.equal(await first.locator('main tbody tr').count(), 2);
    assert.equal(await first.locator('td.reversed').count(), 1);
    assert.equal(await first.locator('.timeline .turn').count(), 1);
    await go(first, `${caseHash}/search`);
    await first.keyboard.type('ស្តាប់');
    await first.keyboard.press('Enter');
    await first.waitForSelector('mark');
    assert.equal(await first.textContent('mark'), 'ស្តាប់');
});

await test('a bundle is verified; a part is disclosed after a preview of exactly that', async () => {
    await go(first, '#/bundle');
    await first.locator('.drop input').setInputFiles(file('secret.ewb'));
    await first.waitForSelector('.verdict.not-vouched-for');
    await first.locator('section input[type=checkbox]').first().check();
    await first.locator('.drop input').setInputFiles([]);
    await first.locator('.drop input').setInputFiles(file('secret.ewb'));
    await first.waitForSelector('.verdict.verified');
    await go(first, '#/bundle/disclose');
    await first.fill('input[type=password]', world.passphrase);
    await first.keyboard.press('Enter');
    await first.locator('section table button').click();
    await first.waitForSelector('.disclosing .long tbody tr');
    await first.locator('.disclosing .long').first().locator('tbody tr').nth(1).locator('input').uncheck();
    const preview = first.locator('.disclosing .long').last();
    await preview.locator('.hidden-part').waitFor();
    const seen = await preview.locator('td.text').allTextContents();
    assert.deepEqual(seen.map((s) => s.trim()), ['First paragraph, shown.', '[withheld]', 'Third <img src=x onerror="window.hacked=1">']);
    const coming = first.waitForEvent('download');
    await first.getByRole('button', { name: 'Write the bundle' }).click();
    await first.locator('dialog .danger').click();
    const bytes = readFileSync(await (await coming).path());
    assert.ok(!bytes.includes('Sokha') && bytes.includes('First paragraph'));
    await go(first, '#/archive');
    await go(first, '#/bundle/disclose');
    assert.equal(await first.inputValue('input[type=password]'), '');
});

await test('the archive: a recording is added, found and removed after a question', async () => {
    await go(first, '#/archive');
    await first.locator('.drop input').setInputFiles(file('clip.wav'));
    await first.waitForFunction(() => [...document.querySelectorAll('tbody th')].some((h) => h.textContent === 'clip.wav'),
        null, { timeout: 30000 });
    await first.fill('#search', 'clip');
    await first.waitForFunction(() => document.querySelectorAll('tbody tr:not([hidden])').length === 1);
    const removing = first.locator('main button', { hasText: /^Remove$/ });
    await removing.click();
    assert.equal(await first.evaluate(() => document.activeElement.textContent), 'Cancel');
    await first.keyboard.press('Escape');
    assert.equal(await first.locator('tbody tr:not([hidden])').count(), 1);
    await removing.click();
    await first.locator('dialog .danger').click();
    await first.waitForFunction(() => document.querySelectorAll('tbody tr').length === 0);
});

const work = () => jobs.map((j) => [`${j.kind}_done`, `#/${j.kind}/${j.id}`]);
const views = () => [
    ...['check', 'diff', 'family', 'inspect', 'jobs', 'archive', 'case', 'bundle'].map((v) => [v, `#/${v}`]), ...work(),
    ['bundle_disclose', '#/bundle/disclose'], ['case_items', caseHash], ['case_item', `${caseHash}/item/1`], ['case_chat', `${caseHash}/chat/1`],
    ['case_article', `${caseHash}/article/1/1`], ['case_place', `${caseHash}/place/1/0/10`], ['case_analysis', `${caseHash}/analysis/1`],
    ['case_add', `${caseHash}/add`],
    ['case_timeline', `${caseHash}/timeline`], ['case_quotes', `${caseHash}/quotes`],
    ['case_search', `${caseHash}/search`], ['case_events', `${caseHash}/events`],
];

for (const lang of ['en', 'km'])
    for (const colorScheme of ['light', 'dark'])
        for (const width of [1280, 390])
            await test(`axe, ${lang}, ${colorScheme}, ${width} px`, async () => {
                const page = await open({ colorScheme, viewport: { width, height: 900 } });
                if (lang !== 'en')
                    await page.locator('#languages button').click();
                await page.waitForFunction((l) => document.documentElement.lang === l, lang);
                await page.evaluate(axe);
                const bad = [];
                for (const [name, hash] of views()) {
                    await go(page, hash);
                    const found = await page.evaluate(async () => (await globalThis.axe.run(document, {
                        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
                    })).violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} ${n.failureSummary.slice(0, 200)}`).join(' | ')}`));
                    const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
                    bad.push(...found.map((f) => `${name}: ${f}`), ...(over > 0 ? [`${name} is ${over} px too wide`] : []));
                    await page.screenshot({ path: join(shots, `${name}_${lang}_${colorScheme}_${width}.png`), fullPage: true });
                }
                assert.equal(await page.evaluate(() => window.hacked), undefined);
                await page.context().close();
                assert.deepEqual(bad, []);
            });

await test('nothing ran that came from outside, nothing was loaded from elsewhere', async () => {
    assert.equal(await first.evaluate(() => window.hacked), undefined);
    assert.deepEqual(requests.filter((r) => !r.startsWith(`${origin}/`)), []);
    // One request was refused, as it had to be: a quotation that lacks its stance.
    assert.deepEqual(complaints.filter((c) => !c.includes('status of 400')), []);
    const text = await first.evaluate(() => document.body.innerText);
    assert.ok(!text.includes('undefined') && !text.includes('[object'));
});

await test('what another page, or markup put into this one, could do', async () => {
    const page = await open();
    const said = await page.evaluate(async () => {
        const out = [];
        for (const put of [() => { document.body.innerHTML = '<img src=x onerror="window.hacked=1">'; },
            () => { document.write('<script>window.hacked=1<\/script>'); },
            () => { document.createElement('script').text = 'window.hacked=1'; },
            () => { setTimeout('window.hacked=1', 0); }])
            try {
                put();
                out.push('done');
            } catch (why) {
                out.push(why.name);
            }
        await new Promise((r) => setTimeout(r, 100));
        return [out, window.hacked];
    });
    assert.equal(said[1], undefined);
    assert.ok(said[0].every((s) => s !== 'done'), said[0].join());
    const other = await (await browser.newContext()).newPage();
    await other.goto('about:blank');
    const got = await other.evaluate(async (o) => {
        const out = [];
        for (const [path, how] of [['/api/about', {}], ['/api/jobs', { method: 'POST', body: '{}' }],
            ['/api/about', { mode: 'no-cors' }], ['/page/main.js', {}]])
            try {
                const r = await fetch(o + path, how);
                out.push(r.type === 'opaque' ? 'opaque' : r.status);
            } catch {
                out.push('refused');
            }
        return out;
    }, origin);
    assert.ok(got.every((g) => g === 'refused' || g === 'opaque'), got.join());
    await page.context().close();
});

await browser.close();
child.stdin.end();
await new Promise((r) => {
    child.on('exit', r);
});
rmSync(dir, { recursive: true, force: true });
done();
