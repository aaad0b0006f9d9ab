document.body.textContent = new URL(document.baseURI).pathname;
