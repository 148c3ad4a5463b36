// Targets: attached files.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { strFromU8, unzipSync, zipSync } from 'fflate';
import { decodeText } from '../../documents/decode';
import { notebookToText } from '../../documents/notebook';
import { judgePages } from '../../documents/scan';
import { readWord } from '../../documents/word/readWord';
import { mutatedBytes, mutatedJson, mutatedText } from './mutate';
import { target, type Target } from './target';

const WHOLE_WORDS = [
  '<w:p><w:r><w:t>x</w:t></w:r></w:p>', '<m:oMath><m:f><m:num><m:t>a</m:t></m:num></m:f></m:oMath>', '<w:r><w:sym/></w:r>',
  '<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>', '<w:drawing><w:txbxContent><w:p/></w:txbxContent></w:drawing>',
  '<mc:AlternateContent><mc:Choice/><mc:Fallback/></mc:AlternateContent>', '<w:moveFrom><w:r/></w:moveFrom>', '<w:tab/>',
  '<w:footnoteReference w:id="1"/>', '<w:sdt><w:sdtContent/></w:sdt>', '<w:pPr><w:numPr><w:ilvl w:val="99999"/></w:numPr></w:pPr>',
]; // prettier-ignore
const XML_WORDS = [
  ...WHOLE_WORDS, ...WHOLE_WORDS,
  '<w:p>', '</w:p>', '<w:r>', '<w:t>', '</w:t>', '<w:tbl><w:tr><w:tc>', '</w:tc>', '<m:oMath>', '</m:oMath>', '<m:f>',
  '<m:num>', '<w:drawing>', '<w:txbxContent>', '<mc:AlternateContent>', '<w:sdt><w:sdtContent>', '&#x110000;', '&lol;',
  '<![CDATA[', '<!--', '<!DOCTYPE a [<!ENTITY l "x">]>', '\0', '>', '"', '<w:moveFrom>', '<w:vMerge/>', '<w:numPr/>',
]; // prettier-ignore

/** The parts of a Word file that hold text, without its styles, whose parsing would take most of the time. */
const { '[Content_Types].xml': types, '_rels/.rels': relations, 'word/document.xml': document, 'word/numbering.xml': numbering } = unzipSync(readFileSync('e2e/files/plan.docx')); // prettier-ignore
const NOTES = '<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="1"><w:p/></w:footnote></w:footnotes>'; // prettier-ignore
const parts = {
  '[Content_Types].xml': types,
  '_rels/.rels': relations,
  'word/document.xml': document,
  'word/numbering.xml': numbering,
  'word/footnotes.xml': Buffer.from(NOTES),
};
const docx = zipSync(parts);
const body = strFromU8(document);

export const documentTargets: Target[] = [
  target({ name: 'docx', mutants: mutatedBytes(docx), read: (bytes) => readWord(bytes, 'a.docx') }),
  target({
    name: 'text of a docx',
    mutants: mutatedText(body, XML_WORDS),
    read: (xml) =>
      readWord(zipSync({ ...parts, 'word/document.xml': Buffer.from(xml) }, { level: 0 }), 'a.docx'),
  }),
  target({
    name: 'text file',
    mutants: fc.oneof(
      fc
        .constantFrom('Müller;München\nStraße', '第一章 绪论，本文', 'これはテスト')
        .chain((text) => mutatedBytes(Buffer.from(text))),
      fc.uint8Array({ maxLength: 300 }),
    ),
    read: (bytes) => decodeText(bytes),
  }),
  target({
    name: 'notebook',
    mutants: mutatedJson({
      nbformat: 4,
      metadata: { language_info: { name: 'python' } },
      cells: [
        { cell_type: 'markdown', source: ['# a'] },
        {
          cell_type: 'code',
          source: 'x',
          outputs: [{ output_type: 'stream', text: ['1'] }, { data: { 'text/plain': 'y' } }],
        },
      ],
    }),
    read: (json) => notebookToText(JSON.stringify(json)),
  }),
  target({
    name: 'pages',
    mutants: fc.array(fc.string({ maxLength: 40 }), { maxLength: 20 }),
    read: judgePages,
  }),
];
