/** The style of a picture, alone or in a page: a thing that something is said of has its tone as a class. */
export const PICTURE_STYLE = `
  .back { fill: #ffffff }
  .box { fill: #f6f8fa; stroke: #d0d7de }
  .thing { fill: #ffffff; stroke: #57606a }
  .link { fill: none; stroke: #57606a }
  .tip { fill: #57606a }
  text { fill: #1f2328; font: 13px ui-sans-serif, system-ui, "Segoe UI", Helvetica, Arial, sans-serif }
  .title { font-size: 15px; font-weight: 600 }
  .id { fill: #57606a; font-size: 12px }
  @media (prefers-color-scheme: dark) {
    .back { fill: #0d1117 }
    .box { fill: #161b22; stroke: #30363d }
    .thing { fill: #0d1117; stroke: #8b949e }
    .link { stroke: #8b949e }
    .tip { fill: #8b949e }
    text { fill: #e6edf3 }
    .id { fill: #8b949e }
  }`;
