// The SVG that a model is held to while it draws: flat shapes on a square of 100 units. A subset of what svg.ts reads.

const COLOURS =
  'black white gray silver red maroon orange gold yellow olive lime green teal cyan aqua blue navy purple magenta pink brown beige tan coral salmon crimson indigo violet khaki turquoise skyblue lightblue lightgreen lightgray darkgreen darkblue darkgray none';

/** EBNF, as web-xgrammar reads it. */
export const SVG_GRAMMAR = `root ::= "<svg viewBox=\\"0 0 100 100\\">" element element* "</svg>"
element ::= circle | ellipse | rect | line | polygon | polyline | path | words
circle ::= "<circle cx=\\"" num "\\" cy=\\"" num "\\" r=\\"" num "\\"" paint "/>"
ellipse ::= "<ellipse cx=\\"" num "\\" cy=\\"" num "\\" rx=\\"" num "\\" ry=\\"" num "\\"" paint "/>"
rect ::= "<rect x=\\"" num "\\" y=\\"" num "\\" width=\\"" num "\\" height=\\"" num "\\"" (" rx=\\"" num "\\"")? paint "/>"
line ::= "<line x1=\\"" num "\\" y1=\\"" num "\\" x2=\\"" num "\\" y2=\\"" num "\\"" paint "/>"
polygon ::= "<polygon points=\\"" point (" " point)+ "\\"" paint "/>"
polyline ::= "<polyline points=\\"" point (" " point)+ "\\"" paint "/>"
path ::= "<path d=\\"M" pair (" " step)+ "\\"" paint "/>"
words ::= "<text x=\\"" num "\\" y=\\"" num "\\"" (" font-size=\\"" num "\\"")? (" text-anchor=\\"middle\\"")? paint ">" letter+ "</text>"
step ::= ("L" | "M" | "T") pair | ("H" | "V") num | ("Q" | "S") pair " " pair | "C" pair " " pair " " pair | "A" num " " num " " num " " flag " " flag " " pair | "Z"
paint ::= (" fill=\\"" colour "\\"")? (" stroke=\\"" colour "\\"")? (" stroke-width=\\"" num "\\"")? (" fill=\\"" colour "\\"")?
colour ::= "#" hex hex hex (hex hex hex)? | ${COLOURS.split(' ')
  .map((name) => `"${name}"`)
  .join(' | ')}
point ::= num "," num
pair ::= num " " num
num ::= "-"? digit digit? digit? ("." digit)?
digit ::= [0-9]
hex ::= [0-9a-f]
flag ::= "0" | "1"
letter ::= [^<>&\\x00-\\x1f]
`;
