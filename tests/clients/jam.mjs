// tests/clients/jam.mjs -- tests a running outbox with jmap-jam, a JMAP client from npm: get, query, set and references.
import assert from "node:assert/strict";
import JamClient from "jmap-jam";

const jam = new JamClient({
	sessionUrl: `${process.env.OUTBOX_URL}/.well-known/jmap`,
	bearerToken: process.env.OUTBOX_TOKEN,
});
// jmap-jam's table of capabilities has only methods from RFCs.
const using = { using: ["urn:stalwart:jmap"] };
const session = await jam.session;
const accountId = session.primaryAccounts["urn:stalwart:jmap"];
const dmarc = jam.api["x:DmarcInternalReport"];
const tls = jam.api["x:TlsInternalReport"];

const times = { createdAt: "2026-01-01T00:00:00.000Z", deliverAt: "2026-01-02T00:00:00.000Z" };
const tlsReport = (domain) => ({
	...times,
	domain,
	report: {
		reportId: "r1",
		dateRangeStart: "2026-01-01T00:00:00Z",
		dateRangeEnd: "2026-01-02T00:00:00Z",
	},
});
const dmarcReport = (domain) => ({
	...times,
	domain,
	rua: { "a@example.com": true },
	report: {
		orgName: "Example",
		email: "dmarc@example.com",
		reportId: "r1",
		dateRangeBegin: "2026-01-01T00:00:00Z",
		dateRangeEnd: "2026-01-02T00:00:00Z",
		policyDomain: domain,
		policyAdkim: "relaxed",
		policyAspf: "strict",
		policyDisposition: "none",
		policySubdomainDisposition: "reject",
	},
});

// Later steps use the records that earlier steps make.
const made = {};

const steps = {
	"the session names an account": async () => {
		assert.ok(session.accounts[accountId]);
	},
	"set creates": async () => {
		const create = { a: tlsReport("a.jam.example"), b: tlsReport("b.jam.example") };
		const [{ created, notCreated }] = await tls.set({ accountId, create }, using);
		assert.equal(notCreated, null);
		made.a = created.a.id;
		made.b = created.b.id;
		const [answer] = await dmarc.set({ accountId, create: { d: dmarcReport("jam.example") } }, using);
		made.d = answer.created.d.id;
	},
	"set refuses what is wrong, and says why": async () => {
		const [{ notCreated }] = await tls.set({ accountId, create: { a: { domain: "a b" } } }, using);
		assert.equal(notCreated.a.type, "invalidProperties");
		assert.ok(notCreated.a.properties.includes("domain"));
	},
	"get finds by id": async () => {
		const [{ list, notFound }] = await dmarc.get({ accountId, ids: [made.d, "d1"] }, using);
		assert.deepEqual(list[0].rua, { "a@example.com": true });
		assert.deepEqual(notFound, ["d1"]);
	},
	"query filters, sorts, pages and counts": async () => {
		const [page] = await jam.request(
			["x:TlsInternalReport/query", {
				accountId,
				filter: { domain: "jam.example" },
				sort: [{ property: "domain", isAscending: true }],
				position: 1,
				limit: 1,
				calculateTotal: true,
			}],
			using,
		);
		assert.deepEqual(page.ids, [made.b]);
		assert.equal(page.total, 2);
	},
	"a reference takes ids from a query": async () => {
		const [{ found, records }] = await jam.requestMany((t) => {
			const found = t["x:TlsInternalReport"].query({ accountId, filter: { domain: "a.jam" } });
			const records = t["x:TlsInternalReport"].get({
				accountId,
				ids: found.$ref("/ids"),
				properties: ["domain"],
			});
			return { found, records };
		}, using);
		assert.deepEqual(found.ids, [made.a]);
		assert.deepEqual(records.list, [{ id: made.a, domain: "a.jam.example" }]);
	},
	"set updates": async () => {
		const update = { [made.d]: { "rua/b@example.com": true, deliverAt: "2027-01-01T06:00:00Z" } };
		const [{ updated }] = await dmarc.set({ accountId, update }, using);
		assert.deepEqual(Object.keys(updated), [made.d]);
		const [{ list }] = await dmarc.get({ accountId, ids: [made.d], properties: ["rua", "deliverAt"] }, using);
		assert.deepEqual(list[0].rua, { "a@example.com": true, "b@example.com": true });
		assert.equal(list[0].deliverAt, "2027-01-01T06:00:00Z");
	},
	"an error of a method is thrown": async () => {
		await assert.rejects(
			async () => tls.query({ accountId, filter: { colour: "red" } }, using),
			(e) => e.type === "unsupportedFilter",
		);
	},
	"an error of the whole request is thrown": async () => {
		await assert.rejects(
			async () => tls.get({ accountId, ids: [] }, { using: ["urn:example:unknown"] }),
			(e) => e.type === "urn:ietf:params:jmap:error:unknownCapability",
		);
	},
	"set destroys": async () => {
		const [{ destroyed }] = await tls.set({ accountId, destroy: [made.a, made.b] }, using);
		assert.deepEqual(destroyed, [made.a, made.b]);
		const [{ ids }] = await tls.query({ accountId, filter: { domain: "jam.example" } }, using);
		assert.deepEqual(ids, []);
	},
};

for (const [name, step] of Object.entries(steps)) {
	await step();
	console.log(`jmap-jam: ${name}`);
}
