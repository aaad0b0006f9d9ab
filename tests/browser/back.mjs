// tests/browser/back.mjs -- checks that Chromium never shows a sent password again at Back, over http and https, with
// scripts and without.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import { launch } from "./shared/launch.mjs";

const { OUTBOX_URL: outbox, OUTBOX_TLS_PORT: port, OUTBOX_USER: user, OUTBOX_PASSWORD: password } = process.env;

// A proxy that adds TLS, with a certificate that only this browser trusts.
execFileSync("openssl", [
	..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem -days 2".split(" "),
	..."-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1".split(" "),
]);
const [key, cert] = ["key.pem", "cert.pem"].map((file) => readFileSync(file));
const proxy = createServer({ key, cert }, (from, to) => {
	const { host, ...headers } = from.headers;
	const onward = request(outbox + from.url, {
		method: from.method,
		headers: { ...headers, "x-forwarded-proto": "https", "x-forwarded-host": host },
	});
	onward.on("response", (answer) => {
		to.writeHead(answer.statusCode, answer.rawHeaders);
		answer.pipe(to);
	});
	onward.on("error", () => to.destroy());
	from.pipe(onward);
});
await new Promise((done) => proxy.listen(Number(port), "127.0.0.1", done));
const spki = new X509Certificate(cert).publicKey.export({ type: "spki", format: "der" });

const trusted = createHash("sha256").update(spki).digest("base64");
const browser = await launch([`--ignore-certificate-errors-spki-list=${trusted}`], {
	// By default Playwright turns off the cache that this test needs.
	ignoreDefaultArgs: ["--disable-back-forward-cache"],
});

const formAt = (url) =>
	`${url}/login?${new URLSearchParams({
		response_type: "code",
		client_id: "stalwart-webui",
		redirect_uri: `${url}/admin/oauth/callback`,
		code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
		code_challenge_method: "S256",
		state: "0123456789abcdef",
	})}`;

async function type(page, name, secret) {
	await page.getByLabel("Name").fill(name);
	await page.getByLabel("Password").fill(secret);
}
const send = (page) => page.getByRole("button", { name: "Log in" }).click();
const typed = (page) => page.getByLabel("Password").inputValue();
// A page from the cache does not load, so wait only for the navigation.
const back = (page) => page.goBack({ waitUntil: "commit" });

const steps = {
	"the browser keeps a form that was not sent": async (page, url) => {
		await page.goto(formAt(url));
		await type(page, user, "half a password");
		await page.goto(`${url}/healthz`);
		await back(page);
		assert.equal(await typed(page), "half a password");
	},
	"a login, a logout, and Back twice show an empty form": async (page, url) => {
		await page.goto(formAt(url));
		await type(page, user, password);
		await send(page);
		await page.waitForURL(/\/oauth\/callback\?code=/);
		await page.goto(`${url}/healthz`);
		await back(page);
		await back(page);
		assert.match(page.url(), /\/login\?/);
		assert.equal(await typed(page), "");
	},
	"Back from a refusal shows an empty form": async (page, url) => {
		await page.goto(formAt(url));
		await type(page, user, "nearly the password");
		await send(page);
		await page.getByRole("alert").waitFor();
		await back(page);
		await page.getByRole("alert").waitFor({ state: "detached" });
		assert.equal(await typed(page), "");
	},
	"Back after Cancel shows an empty form": async (page, url) => {
		await page.goto(formAt(url));
		await type(page, user, password);
		await page.getByRole("button", { name: "Cancel" }).click();
		await page.waitForURL(/error=access_denied/);
		await back(page);
		assert.match(page.url(), /\/login\?/);
		assert.equal(await typed(page), "");
	},
	"a form in another tab still works": async (page, url) => {
		const other = await page.context().newPage();
		for (const tab of [other, page]) {
			await tab.goto(formAt(url));
			await type(tab, user, password);
		}
		for (const tab of [page, other]) {
			await send(tab);
			await tab.waitForURL(/\/oauth\/callback\?code=/);
		}
	},
};

for (const url of [outbox, `https://127.0.0.1:${port}`])
	for (const javaScriptEnabled of [true, false])
		for (const [name, step] of Object.entries(steps)) {
			const context = await browser.newContext({ javaScriptEnabled });
			await step(await context.newPage(), url);
			await context.close();
			console.log(
				`Chromium, ${new URL(url).protocol}, ${javaScriptEnabled ? "with" : "without"} scripts: ${name}`,
			);
		}
await browser.close();
proxy.close();
proxy.closeAllConnections();
