// tests/browser/login.mjs -- tests the login page in Chromium, with scripts and without: what a user sees and types, and
// where the browser goes.
import assert from "node:assert/strict";
import { launch } from "./shared/launch.mjs";

const { OUTBOX_URL: url, OUTBOX_USER: user, OUTBOX_PASSWORD: password } = process.env;
const callback = `${url}/admin/oauth/callback`;
const state = "0123456789abcdef0123456789abcdef";
const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"; // RFC 7636, appendix B
const asked = new URLSearchParams({
	response_type: "code",
	client_id: "stalwart-webui",
	redirect_uri: callback,
	code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
	code_challenge_method: "S256",
	state,
	prompt: "login",
});

const browser = await launch();

// Returns the query of the URL that the form leads to, as soon as the browser requests it.
async function sentBack(page, act, to = callback) {
	const request = page.waitForRequest((r) => r.url().startsWith(`${to}?`));
	await act();
	return new URL((await request).url()).searchParams;
}

async function logIn(page, name, secret) {
	await page.getByLabel("Name").fill(name);
	await page.getByLabel("Password").fill(secret);
	await page.getByRole("button", { name: "Log in" }).click();
}

const steps = {
	"the form is labelled, styled, and ready to be typed into": async (page) => {
		await page.goto(`${url}/login?${asked}`);
		assert.match(await page.title(), /^Log in/);
		assert.equal(await page.getByRole("heading", { level: 1 }).count(), 1);
		assert.equal(await page.getByLabel("Password").getAttribute("type"), "password");
		assert.ok(await page.getByLabel("Name").evaluate((e) => e === document.activeElement));
		// The policy names the style by its hash.
		assert.equal(await page.locator("main").evaluate((e) => getComputedStyle(e).maxWidth), "384px");
	},
	"it names the outbox and the program that the user logs in to": async (page) => {
		await page.goto(`${url}/login?${asked}`);
		const text = await page.locator("main").innerText();
		assert.ok(text.includes("Report Outbox") && text.includes(new URL(url).host) && text.includes("Stalwart WebUI"));
	},
	"its text is readable in light and in dark colours": async (page) => {
		const contrast = async () => {
			const [text, card] = await page.locator("main").evaluate((e) => {
				const style = getComputedStyle(e);
				return [style.color, style.backgroundColor].map((c) => c.match(/\d+/g).slice(0, 3).map(Number));
			});
			const light = (c) => c.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
			return [light(text), light(card)];
		};
		await page.goto(`${url}/login?${asked}`);
		for (const [colorScheme, darker] of [["light", 0], ["dark", 1]]) {
			await page.emulateMedia({ colorScheme });
			const both = await contrast();
			assert.ok(both[1 - darker] - both[darker] > 150, `${colorScheme}: ${both}`);
		}
	},
	"it fits a narrow screen": async (page) => {
		await page.setViewportSize({ width: 320, height: 500 });
		await page.goto(`${url}/login?${asked}`);
		assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
	},
	"a wrong password and a wrong name get the same answer": async (page) => {
		const told = [];
		for (const name of [user, "nobody"]) {
			await page.goto(`${url}/login?${asked}`);
			await logIn(page, name, "wrong");
			told.push(await page.getByRole("alert").innerText());
			assert.match(await page.title(), /^Error: /);
			for (const label of ["Name", "Password"])
				assert.equal(await page.getByLabel(label).getAttribute("aria-invalid"), "true");
			assert.equal(await page.getByLabel("Name").inputValue(), name);
			assert.equal(await page.getByLabel("Password").inputValue(), "");
		}
		assert.equal(told[0], told[1]);
	},
	"after a refusal the user can try again with the keyboard alone": async (page) => {
		await page.goto(`${url}/login?${asked}&login_hint=${user}`);
		assert.equal(await page.getByLabel("Name").inputValue(), user);
		await page.keyboard.type("wrong");
		await page.keyboard.press("Enter");
		await page.getByRole("alert").waitFor();
		await page.keyboard.type(password);
		const back = await sentBack(page, () => page.keyboard.press("Enter"));
		assert.equal(back.get("state"), state);
		assert.ok(back.get("code"));
	},
	"a code gives a token only once": async (page) => {
		await page.goto(`${url}/login?${asked}`);
		const back = await sentBack(page, () => logIn(page, user, password));
		const use = () =>
			fetch(`${url}/auth/token`, {
				method: "POST",
				body: new URLSearchParams({
					grant_type: "authorization_code",
					code: back.get("code"),
					code_verifier: verifier,
					client_id: "stalwart-webui",
					redirect_uri: callback,
				}),
			});
		const grant = await (await use()).json();
		const session = await fetch(`${url}/jmap/session`, {
			headers: { Authorization: `Bearer ${grant.access_token}` },
		});
		assert.equal((await session.json()).username, user);
		assert.equal((await use()).status, 400);
	},
	"a client at an IPv6 address gets its code too": async (page) => {
		const other = "http://[::1]:49151/admin/oauth/callback";
		await page.goto(`${url}/login?${asked}`.replace(encodeURIComponent(callback), encodeURIComponent(other)));
		const back = await sentBack(page, () => logIn(page, user, password), other);
		assert.ok(back.get("code"));
	},
	"Cancel returns the browser without a code": async (page) => {
		await page.goto(`${url}/login?${asked}`);
		const back = await sentBack(page, () => page.getByRole("button", { name: "Cancel" }).click());
		assert.equal(back.get("error"), "access_denied");
		assert.equal(back.get("error_description"), "The login was cancelled");
		assert.equal(back.get("state"), state);
		assert.equal(back.get("code"), null);
	},
};

for (const javaScriptEnabled of [true, false]) {
	for (const [name, step] of Object.entries(steps)) {
		const context = await browser.newContext({ javaScriptEnabled });
		const page = await context.newPage();
		const complaints = [];
		page.on("pageerror", (e) => complaints.push(e.message));
		page.on("console", (m) => m.text().includes("Content Security Policy") && complaints.push(m.text()));
		await step(page);
		assert.deepEqual(complaints, []);
		await context.close();
		console.log(`Chromium, ${javaScriptEnabled ? "with" : "without"} scripts: ${name}`);
	}
}
await browser.close();
