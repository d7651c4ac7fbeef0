/** The style sheet of the page. */
export const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; }
main { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr)); }
form { border: 1px solid #8886; border-radius: 0.5rem; padding: 1rem; }
h2 { font-size: 1.1rem; margin: 0 0 0.5rem; }
label { display: block; margin-bottom: 0.5rem; }
input, select, textarea { box-sizing: border-box; display: block; font: inherit; padding: 0.3rem; width: 100%; }
button { font: inherit; padding: 0.3rem 1rem; }
output { display: block; font: 0.9rem/1.4 ui-monospace, monospace; margin-top: 0.5rem; overflow-wrap: anywhere; white-space: pre-wrap; }
.bad { color: #c22; }
@media (prefers-color-scheme: dark) { .bad { color: #f88; } }
`;
