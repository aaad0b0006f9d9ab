// tests/browser/shared/launch.mjs -- starts Debian's Chromium for a test.
import { chromium } from "playwright-core";

// Chromium has no sandbox when it runs as root.  The other options keep it from using other servers.
const args = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-dev-shm-usage",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

// more: further arguments of Chromium; options: further options of Playwright's launch().
export const launch = (more = [], options = {}) =>
	chromium.launch({ executablePath: "/usr/bin/chromium", args: [...args, ...more], ...options });
