// OpenAPI documents as functions.
import { expect, test } from 'vitest';
import { schemaGrammar } from '../../grammar/jsonSchema';
import { faultsOfText } from '../../grammar/validate';
import { readFunctions } from '../functions/definition';
import { prepareRequest } from '../http/endpoint';
import { readDocument } from './document';
import { functionsOf } from './operations';

const YAML = `
openapi: 3.0.3
info: { title: Pet Store, version: '1.2' }
servers:
  - url: https://{region}.pets.example/v1
    variables: { region: { default: eu } }
  - url: /v2
security: [{ key: [] }]
paths:
  /pets/{petId}:
    parameters:
      - $ref: '#/components/parameters/PetId'
    get:
      operationId: getPet
      summary: One pet
      parameters:
        - { name: fields, in: query, explode: false, schema: { type: array, items: { type: string } } }
        - { name: X-Trace, in: header, schema: { type: string } }
    put:
      operationId: get Pet
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: '#/components/schemas/Pet' }
    delete:
      security: []
      description: Removes a pet.
  /upload:
    post:
      requestBody: { required: true, content: { image/png: {} } }
  /far:
    get:
      parameters: [{ name: q, in: query, schema: { $ref: 'https://evil.example/schema.json' } }]
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Api-Key }
  parameters:
    PetId: { name: petId, in: path, required: true, schema: { type: integer, minimum: 0, exclusiveMinimum: true } }
  schemas:
    Pet:
      type: object
      required: [name]
      properties:
        id: { type: integer, readOnly: true }
        petId: { type: string, nullable: true }
        name: { type: string }
        friends: { type: array, items: { $ref: '#/components/schemas/Pet' } }
`;

test('operations become functions with one object of arguments, in YAML as in JSON', async () => {
  const document = await readDocument(YAML, 'pets.yaml', 'https://docs.example/pets.yaml');
  expect(document).toMatchObject({
    title: 'Pet Store',
    servers: ['https://eu.pets.example/v1', 'https://docs.example/v2'],
  });
  const converted = functionsOf(document, document.servers[0], new Set(['getPet']));
  const made = converted.flatMap((one) => ('made' in one ? [one.made] : []));
  expect(made.map(({ name }) => name)).toEqual(['getPet_2', 'get_Pet', 'delete_pets_petId']);
  const refused = converted.flatMap((one) => ('why' in one ? [[one.operation.id, one.why]] : []));
  expect(refused).toEqual([
    ['post /upload', 'its body is image/png'],
    ['get /far', 'a reference leads out of the document'],
  ]);
  const [get, put, remove] = made;
  expect(prepareRequest(get.http!, { petId: 3, fields: ['a', 'b'], 'X-Trace': 't' })).toEqual({
    ...{ method: 'GET', url: 'https://eu.pets.example/v1/pets/3?fields=a%2Cb' },
    headers: { 'X-Api-Key': '{{PET_STORE_KEY}}', 'X-Trace': 't' },
  });
  // The body's petId has the name of the path's: it gets its place in front. The id is read only.
  expect(Object.keys(put.parameters.properties as object)).toEqual([
    'petId',
    'body_petId',
    'name',
    'friends',
  ]);
  const request = prepareRequest(put.http!, {
    petId: 3,
    body_petId: null,
    name: 'Tom',
    friends: [{ name: 'Kim' }],
  });
  expect(JSON.parse(request.body!)).toEqual({ petId: null, name: 'Tom', friends: [{ name: 'Kim' }] });
  expect(remove.http!.headers).toBeUndefined();
  // Schemas stand alone, recursion kept, and are what grammar and validator take.
  for (const one of made) schemaGrammar(one.parameters);
  expect(faultsOfText('{"petId":0,"name":"x"}', put.parameters)).not.toEqual([]);
  expect(faultsOfText('{"petId":1,"name":"x","friends":[{"id":1}]}', put.parameters)).not.toEqual([]);
  expect(
    faultsOfText('{"petId":1,"name":"x","body_petId":null,"friends":[{"name":"y"}]}', put.parameters),
  ).toEqual([]);
  expect(readFunctions(JSON.stringify(made), 'f.json')).toEqual(made);
  const json = await readDocument(JSON.stringify(document.root), 'pets.json');
  expect(json.servers).toEqual(['https://eu.pets.example/v1']);
  expect(json.operations).toHaveLength(5);
});

test('servers of a path or an operation are asked for what is theirs, and no others', async () => {
  const get = { operationId: 'a' };
  const forecast = { servers: [{ url: 'https://api.weather.example/' }], get };
  // As Open-Meteo writes it: no servers of the document, and a document on another host.
  const alone = await readDocument(
    JSON.stringify({ openapi: '3.0.0', paths: { '/forecast': forecast } }),
    ...(['o.yml', 'https://raw.example/docs/o.yml'] as const),
  );
  expect(alone.servers).toEqual(['https://api.weather.example']);
  const mixed = await readDocument(
    JSON.stringify({
      ...{ openapi: '3.0.0', servers: [{ url: 'https://main.example/v1' }] },
      paths: {
        '/forecast': forecast,
        '/up': { get, post: { servers: [{ url: 'https://up.example' }] } },
      },
    }),
    'o.json',
  );
  expect(mixed.servers).toEqual([
    ...['https://main.example/v1', 'https://api.weather.example', 'https://up.example'],
  ]);
  const usable = (base: string) =>
    functionsOf(mixed, base).map((one) => ('made' in one ? one.made.http?.url : one.why));
  expect(usable('https://main.example/v1')).toEqual([
    'it is at another address: https://api.weather.example',
    'https://main.example/v1/up',
    'it is at another address: https://up.example',
  ]);
  expect(usable('https://up.example')[2]).toBe('https://up.example/up');
  expect(usable('https://relay.example/to')[0]).toBe('https://relay.example/to/forecast');
});

test('a reference with a percent sign of its own is followed', async () => {
  const schema = { $ref: '#/components/schemas/100%' };
  const parameters = [{ name: 'q', in: 'query', schema }];
  const document = await readDocument(
    JSON.stringify({
      ...{ openapi: '3.0.0', paths: { '/a': { get: { parameters } } } },
      components: { schemas: { '100%': { type: 'integer' } } },
    }),
    'o.json',
  );
  expect(functionsOf(document, 'https://a.example')).toMatchObject([
    { made: { parameters: { $defs: { '100_': { type: 'integer' } } } } },
  ]);
});

test('what is none says where', async () => {
  const refused = (text: string) =>
    readDocument(text, 'x').catch((error: { details: unknown }) => error.details);
  expect(await refused('{"swagger":"2.0"}')).toMatchObject({ where: 'openapi' });
  expect(await refused('{')).toMatchObject({ where: 'the start' });
  expect(await refused('a: [1')).toMatchObject({ where: 'the start' });
  expect(await refused('{"openapi":"3.1.0","paths":{}}')).toMatchObject({ where: 'paths' });
  const bomb = `openapi: 3.1.0\na: &a [1,2,3,4,5,6,7,8,9]\nb: &b [${'*a,'.repeat(60)}*a]\nc: [${'*b,'.repeat(60)}*b]\n`;
  expect(await refused(bomb)).toMatchObject({ where: 'the start' });
});
