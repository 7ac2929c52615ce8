// The table of rows.py by libraries of Node.js: node templaters.js docxtemplater|easy-template-x COUNT INTO
// Prints the seconds of the making itself and the size of what is made, unpacked, in bytes.
"use strict";
const fs = require("fs");
const PizZip = require("pizzip");

const [way, count, into] = [process.argv[2], Number(process.argv[3]), process.argv[4]];
const columns = ["id", "name", "agency", "every", "remark"];
const headings = ["資料集識別碼", "資料集名稱", "提供機關", "更新頻率", "備註"];

const cell = (text) => `<w:tc><w:tcPr><w:tcW w:w="1800" w:type="dxa"/></w:tcPr><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:tc>`;
const row = (texts) => `<w:tr>${texts.map(cell).join("")}</w:tr>`;

function template() {
  const tags = columns.map((name, at) => {
    const [before, after] = [at === 0 ? "{#rows}" : "", at === columns.length - 1 ? "{/rows}" : ""];
    return `${before}{${name}}${after}`;
  });
  const zip = new PizZip();
  const main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";
  zip.file("[Content_Types].xml", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="${main}"/></Types>`);
  zip.file("_rels/.rels", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`);
  zip.file("word/document.xml", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:tbl><w:tblPr/><w:tblGrid>${columns.map(() => '<w:gridCol w:w="1800"/>').join("")}</w:tblGrid>${row(headings)}${row(tags)}</w:tbl><w:p/></w:body></w:document>`);
  return zip;
}

const rows = [];
for (let number = 1; number <= count; number++) {
  rows.push({
    id: String(6000 + number),
    name: `${number}年度決算統計表（第${number % 7}表）`,
    agency: "主計資訊處",
    every: "每月",
    remark: number % 3 ? "" : "已更新",
  });
}
// Each library once before the clock starts: what it takes to load does not count.
const ways = {
  docxtemplater: () => {
    const Docxtemplater = require("docxtemplater");
    return async (content) => {
      const document = new Docxtemplater(new PizZip(content), { linebreaks: true });
      document.render({ rows });
      return document.getZip().generate({ type: "nodebuffer", compression: "DEFLATE" });
    };
  },
  "easy-template-x": () => {
    const { TemplateHandler } = require("easy-template-x");
    return (content) => new TemplateHandler().process(content, { rows });
  },
};

async function main() {
  const content = template().generate({ type: "nodebuffer" });
  const make = ways[way]();
  const started = process.hrtime.bigint();
  const made = await make(content);
  fs.writeFileSync(into, made);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const files = Object.values(new PizZip(made).files).filter((file) => !file.dir);
  console.log(`${seconds.toFixed(4)} ${files.reduce((sum, file) => sum + file.asNodeBuffer().length, 0)}`);
}

main();
