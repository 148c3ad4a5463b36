// A plain PDF of text, for measurements: Helvetica, or a Chinese font that readers replace, in UCS-2.

const LATIN = '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>';
const CHINESE =
  '<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [ << /Type /Font ' +
  '/Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> ' +
  '/DW 1000 >> ] >>';

const hex = (text: string): string =>
  Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16).padStart(4, '0')).join('');

/** @param pages lines of each page */
export function textPdf(pages: readonly (readonly string[])[], chinese: boolean): Blob {
  const show = (line: string) => (chinese ? `<${hex(line)}>` : `(${line.replace(/[\\()]/g, '\\$&')})`);
  const contents = pages.map((lines) => `BT /F 10 Tf 18 TL 40 800 Td ${lines.map((line) => `${show(line)} Tj T*`).join('\n')} ET`); // prettier-ignore
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    `<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, i) => `${4 + 2 * i} 0 R`).join(' ')}] >>`,
    chinese ? CHINESE : LATIN,
    ...contents.flatMap((content, i) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents ${5 + 2 * i} 0 R >>`,
      `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    ]),
  ];
  let body = '%PDF-1.4\n';
  const places = objects.map((object, i) => {
    const place = body.length;
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`;
  return new Blob([`${body}${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF`]); // prettier-ignore
}
