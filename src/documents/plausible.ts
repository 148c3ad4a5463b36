// How likely it is that a text was written this way. Every two-byte encoding decodes nearly any bytes to something: what
// gives a wrong one away are rare characters, scripts that do not belong together, and lone ideographs within words.

/** Bytes of a file that are looked at. */
export const SAMPLE_BYTES = 8 * 1024;

export type Script = 'han' | 'han-traditional' | 'japanese' | 'korean' | 'latin' | 'cyrillic';

export interface Candidate {
  encoding: string;
  script: Script;
  /** Languages of the page that make it a little more likely. */
  languages: RegExp;
  /** Subtracted: the encoding is rarer than those that decode the same bytes. */
  rarity?: number;
}

/** In order of preference among equals. */
export const CANDIDATES: readonly Candidate[] = [
  { encoding: 'windows-1252', script: 'latin', languages: /^(?!zh|ja|ko|ru|uk|pl|cs|hu)./i },
  { encoding: 'gb18030', script: 'han', languages: /^zh(?!-(tw|hk|hant))/i },
  { encoding: 'big5', script: 'han-traditional', languages: /^zh-(tw|hk|hant)/i },
  { encoding: 'shift_jis', script: 'japanese', languages: /^ja/i },
  { encoding: 'euc-jp', script: 'japanese', languages: /^ja/i, rarity: 0.15 },
  { encoding: 'euc-kr', script: 'korean', languages: /^ko/i },
  { encoding: 'utf-16le', script: 'han', languages: /^zh/i, rarity: 0.1 },
  { encoding: 'utf-16be', script: 'han', languages: /^zh/i, rarity: 0.1 },
  { encoding: 'windows-1251', script: 'cyrillic', languages: /^(ru|uk|bg|sr)/i, rarity: 0.2 },
  { encoding: 'windows-1250', script: 'latin', languages: /^(pl|cs|sk|hu|hr|sl|ro)/i, rarity: 0.15 },
];

/** The characters of rows `from` to `to` of a two-byte code: the level of its common characters. */
function charactersOf(encoding: string, from: number, to: number): Set<string> {
  const bytes: number[] = [];
  for (let lead = from; lead <= to; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) if (trail !== 0x7f) bytes.push(lead, trail);
  }
  return new Set(new TextDecoder(encoding).decode(Uint8Array.from(bytes)));
}

/** The hundred characters that make up half of a text. */
const FREQUENT: Record<'han' | 'han-traditional' | 'japanese' | 'korean', Set<string>> = {
  han: new Set(
    '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运您请谢姓名客户地址电话订单号额价格量编商品库存销售收款付账税率职务联系邮箱备注状态完密码版本更新说项页章节修复错误图片附件',
  ),
  'han-traditional': new Set(
    '的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運您請謝姓名客戶地址電話訂單號額價格量編商品庫存銷售收款付賬稅率職務聯繫郵箱備註狀態完密碼版本更新說項頁章節修復錯誤圖片附件檔',
  ),
  japanese: new Set(
    '日本人一国会年大十二中長出三同時政事自行社見月分議後前民生連五発間対上部東者地合市業内相方四定今回新場金員九入選立開手米力学問高代明実円関決子動京全目表経通外最言氏現理調体化田当八六約主題下首意法不来作性的要用制治度務強気小七成期公野協取都和統以機平総加山思家話世受区領多県続進正安設保改数記院女初北午指権心界支第産結百派点教報済書府活原先共得解名交資予川向際査勝面委告文反元重近千考判認画海参売利組知案道信策集在件団別物側任引使求所次水半品昨論計死官増係感特情投示変打男基私各始島直両朝価式確村提運終挙果西勢減台広容必応演電歳住談能無再位置企真流格有口過局少放税検町常校料状工建語球営空職証土与急止送援供可役構木割聞身費付施切由説転食比難防補車優研収断井何南石足違消境神番規術護展態導備宅配副算視条育席楽起万着店残想線率病農州声質待試族象銀域助例然早張映限親額環験追商葉義伝働形景落担好退準辺造英株頭技低毎医復味負失移差個門写評課末守若種美影命含福量望松非観察整段横型白深字答夜製票音申様財港識注達郎請客様込駅',
  ),
  korean: new Set(
    '이다는을의에가하고로지은도기한사를어인시자리아들해나부그라대정일있보것으수서니게만과원제장안상구면여전조적스공주성무요와위동선신모비세소문생유방경행국학된할년연없교우관내계발금명실화까했간때입민식개습물진분당음현체회름울통합약말심미됩님객목록서류계정주문번호금액첨부파일확인이름날짜전화메모수량단가합',
  ),
};

let common: Partial<Record<Script, Set<string>>> | undefined;
/** Common characters of a script: the first levels of the national standards. Built once, in a millisecond. */
function commonOf(script: Script): Set<string> | undefined {
  common ??= {
    han: charactersOf('gb18030', 0xb0, 0xd7),
    'han-traditional': charactersOf('big5', 0xa4, 0xc6),
    japanese: charactersOf('euc-jp', 0xb0, 0xcf),
    korean: charactersOf('euc-kr', 0xb0, 0xc8),
  };
  return common[script];
}

const HAN = /\p{Script=Han}/u;
const KANA = /[\u3041-\u30ff]/;
const HALF_KANA = /[\uff61-\uff9f]/;
const JAMO = /[\u3131-\u318e]/;
const HANGUL = /[\uac00-\ud7a3]/;
const CJK_MARK = /[\u3000-\u3011\u3014-\u301f\u30fb\u30fc\uff01-\uff5e\u2014\u2026\u2018-\u201d\u00b7]/;
const LETTER = /\p{Script=Latin}/u;
const ASCII_LETTER = /[a-z]/i;
/** Letters of Western and Central European languages; the rest of the code pages is rare in running text. */
const EUROPEAN = /[äöüßéèêëàâáãåæçñíìîïóòôõøúùûýœŒÄÖÜÉÈÀÁÂÃÅÆÇÑÍÓÔÕØÚŠšŽžąćęłńśźżĄĆĘŁŃŚŹŻčďěňřťůČĎĚŇŘŤŮőűŐŰ]/;
const CYRILLIC = /\p{Script=Cyrillic}/u;
const RUSSIAN = /[а-яёА-ЯЁ]/;
const TYPOGRAPHY = /[€‚„…‘’“”•–—™°§«»·©®±²³½¼¾µ£¥¡¿ºª\u00a0\u00ad]/;

/**
 * Mean weight of the characters beyond ASCII, from about −2 (impossible) to 1 (certain); 0 when there are none.
 * @param script that the encoding is for.
 */
export function plausibility(text: string, script: Script): number {
  const chars = [...text];
  let sum = 0;
  let count = 0;
  chars.forEach((char, i) => {
    if (char <= '\x7f') return;
    count++;
    const [before = ' ', after = ' '] = [chars[i - 1], chars[i + 1]];
    if (char === '\uFFFD' || (char >= '\x80' && char <= '\x9f') || /\p{Co}|\p{Cn}/u.test(char)) sum -= 2;
    else if (script === 'latin' || script === 'cyrillic') sum += alphabetWeight(char, before, after, script);
    else sum += eastAsianWeight(char, before, after, script);
  });
  return count === 0 ? 0 : sum / count;
}

function eastAsianWeight(char: string, before: string, after: string, script: Script): number {
  if (CJK_MARK.test(char)) return before <= '\x7f' && after <= '\x7f' ? 0 : 0.6;
  if (JAMO.test(char)) return script === 'korean' ? 0.5 : -0.6;
  if (KANA.test(char)) return script === 'japanese' ? 1 : -0.3;
  if (HALF_KANA.test(char))
    return script === 'japanese' ? (HALF_KANA.test(before + after) ? -0.1 : -0.4) : -1;
  if (!HAN.test(char) && !HANGUL.test(char)) return -0.6;
  // An accented letter and its neighbour, read as one ideograph: Stra遝, M黮ler, K鰊ig.
  const isLone = before <= '\x7f' && after <= '\x7f';
  const inWord = Number(ASCII_LETTER.test(before)) + Number(ASCII_LETTER.test(after));
  const lone = isLone ? 0.1 + 0.8 * inWord : 0;
  const known = script === 'korean' ? HANGUL.test(char) : HAN.test(char);
  const frequent = FREQUENT[script as keyof typeof FREQUENT];
  if (known && frequent.has(char)) return 1 - lone;
  if (known && commonOf(script)?.has(char)) return 0.4 - lone;
  return -0.8 - lone;
}

function alphabetWeight(char: string, before: string, after: string, script: Script): number {
  if (script === 'cyrillic' && CYRILLIC.test(char)) {
    if (ASCII_LETTER.test(before) || ASCII_LETTER.test(after)) return -1; // two alphabets in one word
    if (CYRILLIC.test(before) && isLower(before) && !isLower(char)) return -1; // a capital within a word
    const isLone = !CYRILLIC.test(before) && !CYRILLIC.test(after);
    return isLone ? 0 : RUSSIAN.test(char) ? 0.9 : 0.3;
  }
  if (TYPOGRAPHY.test(char)) {
    if (/[£¥€]/.test(char) && LETTER.test(after)) return -0.6;
    const inWord = ASCII_LETTER.test(before) && ASCII_LETTER.test(after) && !/[’·\u00ad]/.test(char);
    if (inWord) return -0.6;
    return isHigh(before) && isHigh(after) ? -0.5 : 0.5;
  }
  if (script === 'cyrillic' || !EUROPEAN.test(char)) return LETTER.test(char) ? -0.3 : -0.7;
  const run = Number(isHigh(before) && LETTER.test(before)) + Number(isHigh(after) && LETTER.test(after));
  if (!isLower(char) && /\p{Ll}/u.test(before)) return -1; // a capital within a word
  if (run === 2) return isLower(char + after) ? 0 : -1; // three accented letters in a row
  const inWord = ASCII_LETTER.test(before) || ASCII_LETTER.test(after);
  return (inWord ? 0.9 : 0.1) - run * 0.2;
}

const isLower = (text: string): boolean => text === text.toLowerCase();
const isHigh = (char: string): boolean => char > '\x7f';
