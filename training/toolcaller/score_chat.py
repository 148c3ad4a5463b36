"""Ask the GGUF of the tool-calling Nano the chat questions of the held-out set, all chats at once; judge.py says what is right."""
import argparse
import functools
import json
import multiprocessing
from pathlib import Path

import torch

from data import HERE
from mix import Mix
from toolcaller.export_gguf import MODEL_PATH, read
from toolcaller.judge import NAME_TOPIC, UNKNOWN_TOPIC, judge, load_set, print_table, references
from toolcaller.model import greedy


def answers(cases, model, tok):
    """The answer to the last turn of each case; all chats go on together, turn by turn."""
    chats = [[] for _ in cases]
    for turn in range(max(len(turns) for _, turns, _, _ in cases)):
        going = [i for i, (_, turns, _, _) in enumerate(cases) if turn < len(turns)]
        for i in going:
            chats[i].append(('user', '', cases[i][1][turn]))
        for i, (ids, _) in zip(going, greedy(model, [tok.prompt(chats[i]) for i in going], tok.stop_ids)):
            chats[i].append(('assistant', '', tok.decode(ids).removeprefix('\n')))
    return [chat[-1][2] for chat in chats]


@functools.cache
def judge_tables():
    phrases = Mix().phrases
    return phrases, references(phrases), {e['id']: e['topic'] for e in phrases.facts}


def judge_case(case_and_answer):
    (lang, turns, expected, name), answer = case_and_answer
    phrases, table, topic_of = judge_tables()
    topic = {'name': NAME_TOPIC, 'unknown': UNKNOWN_TOPIC}.get(expected) or topic_of[expected]
    return {'lang': lang, 'topic': topic, 'turns': turns, 'expected': expected, 'answer': answer,
            'right': judge(answer, lang, expected, name, phrases, table)}


def dump(path, cases, model, tok):
    """Token ids of a few answers, for check_llama.mjs."""
    prompts = [tok.prompt([('user', '', turns[0])]) for _, turns, _, _ in cases]
    rows = [{'text': turns[0], 'textIds': tok.encode(turns[0]), 'prompt': prompt, 'ids': ids, 'stop': sorted(tok.stop_ids)}
            for (_, turns, _, _), prompt, (ids, _) in zip(cases, prompts, greedy(model, prompts, tok.stop_ids))]
    path.write_text(json.dumps(rows, ensure_ascii=False), 'utf-8')


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument('--set', type=Path, default=HERE / 'heldout.json')
    args.add_argument('--model', type=Path, default=MODEL_PATH)
    args.add_argument('--json', type=Path, help='write every question, answer and verdict here')
    args.add_argument('--dump', type=Path, help='write token ids of a few answers, for check_llama.mjs')
    args = args.parse_args()
    model, tok = read(args.model)
    model.to('cuda' if torch.cuda.is_available() else 'cpu')
    cases = load_set(args.set)
    if args.dump:
        return dump(args.dump, cases[::20], model, tok)
    with multiprocessing.get_context('spawn').Pool() as pool:
        results = pool.map(judge_case, list(zip(cases, answers(cases, model, tok))), chunksize=8)
    print_table(results)
    if args.json:
        args.json.write_text(json.dumps(results, ensure_ascii=False, indent=1), 'utf-8')


if __name__ == '__main__':
    main()
