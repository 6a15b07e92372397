// Opens a profile in speedscope, in a headless Chromium: node speedscope.mjs NODE_MODULES PROFILE
// Prints what its sandwich view shows: functions by self weight. Fails if speedscope raises a dialog, as it does for what it cannot read.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const [modules, profile] = process.argv.slice(2).map(name => path.resolve(name));
const { chromium } = createRequire(modules + path.sep)('playwright-core');
const site = path.join(modules, 'speedscope/dist/release');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm' };

const server = createServer(async (request, response) => {
    const name = path.normalize(new URL(request.url, 'http://localhost').pathname);
    try {
        const body = await readFile(name === '/profile' ? profile : path.join(site, name));
        response.writeHead(200, { 'content-type': types[path.extname(name)] ?? 'application/octet-stream' });
        response.end(body);
    } catch {
        response.writeHead(404).end();
    }
});
await new Promise(listening => server.listen(0, '127.0.0.1', listening));
const origin = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
    const page = await browser.newPage({ viewport: { width: 1600, height: 4000 } });
    const failed = new Promise((_, reject) => {
        page.on('dialog', dialog => {
            dialog.dismiss();
            reject(new Error('speedscope says: ' + dialog.message()));
        });
        page.on('pageerror', reject);
    });
    const shown = async () => {
        await page.goto(`${origin}/index.html#profileURL=${origin}/profile`);
        await page.waitForFunction(() => document.title.endsWith(' - speedscope'), null, { timeout: 120000 });
        await page.keyboard.press('3');
        // the head of the table comes before its rows
        await page.waitForFunction(() => /Symbol Name[^]*%/.test(document.body.innerText), null, { timeout: 60000 });
        return page.evaluate(() => document.body.innerText);
    };
    console.log(await Promise.race([shown(), failed]));
} catch (problem) {
    console.error(problem.message);
    process.exitCode = 1;
} finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
}
