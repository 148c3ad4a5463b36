"""Writes src/model/golden/toolCalls.json: raw answers of GLM-4.5 to 5.3 with the calls that are in them.

    python scripts/oracle/toolCallFixtures.py CANITOOLCALL_FOLDER

CANITOOLCALL_FOLDER: the unpacked wheel of PyPI canitoolcall 0.1.1 (Apache-2.0; its fixtures name the sources of their own,
MIT and Apache-2.0 for the most part). Tool lists occur once; prose about the fixtures is left out.
"""
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / 'src/model/golden/toolCalls.json'


def main():
    folder = Path(sys.argv[1]) / 'canitoolcall/_data/fixtures/glm'
    family = json.loads((folder / 'family.json').read_text('utf-8'))
    prompts = {m['repo']: m['default_generation_prompt'] for m in family['reference_models']}
    tools, fixtures = [], []
    for file in sorted(folder.glob('*.jsonl')):
        for line in file.read_text('utf-8').splitlines():
            row = json.loads(line)
            offered = row.get('tools') or []
            if offered not in tools:
                tools.append(offered)
            reference = next((m['default_generation_prompt'] for m in family['reference_models']
                              if row['tokenizer'].get('repo') == m['repo']), prompts['zai-org/GLM-4.5'])
            fixtures.append({
                'id': row['id'].removeprefix('glm/'),
                'licence': row['provenance']['license'],
                'prompt': row.get('generation_prompt', reference),
                'tools': tools.index(offered),
                'raw': row['raw_output'],
                **({'expected': row['expected']} if 'expected' in row else {}),
                **({'error': row['expected_error']} if 'expected_error' in row else {}),
            })
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps({'source': 'PyPI canitoolcall 0.1.1, Apache-2.0; scripts/oracle/toolCallFixtures.py',
                               'tools': tools, 'fixtures': fixtures}, ensure_ascii=False, indent=1) + '\n', 'utf-8')
    print(len(fixtures), len(tools))


main()
