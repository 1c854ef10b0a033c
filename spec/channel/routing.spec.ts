import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Routing } from '../../lib/channel/routing.js';

interface Call {
  readonly key?: string;
  readonly n: number;
}
interface Worker {
  readonly name: string;
}

const workersOf = (count: number): readonly Worker[] => Array.from({ length: count }, (_, i) => ({ name: `w${i}` }));
const KEYS = Array.from({ length: 400 }, (_, i) => `key ${i}`);

/** Where each key goes now. */
function placesOf(routing: Routing<Worker, Call>, workers: readonly Worker[]): ReadonlyMap<string, Worker> {
  const places = new Map<string, Worker>();
  for (const key of KEYS) routing.push({ key, n: 0 });
  for (const worker of workers)
    for (let call = routing.next(worker); call !== undefined; call = routing.next(worker))
      places.set(call.key ?? '', worker);
  return places;
}

describe('the routing of calls', () => {
  it('gives a call without a key to whoever asks first', () => {
    const routing = new Routing<Worker, Call>();
    const [a, b] = workersOf(2) as [Worker, Worker];
    routing.staff([a, b]);
    for (const n of [1, 2, 3]) routing.push({ n });
    expect([routing.next(b), routing.next(a), routing.next(b)].map((call) => call?.n)).toEqual([1, 2, 3]);
    expect(routing.next(a)).toBeUndefined();
  });

  it('spreads keys over all, evenly enough', () => {
    const routing = new Routing<Worker, Call>();
    const workers = workersOf(4);
    routing.staff(workers);
    const places = [...placesOf(routing, workers).values()];
    for (const worker of workers) expect(places.filter((one) => one === worker).length).toBeGreaterThan(60);
  });

  it('moves the keys of one that is gone, and no others, and gives them back to it', () => {
    const routing = new Routing<Worker, Call>(({ name }) => processes.get(name) ?? {});
    const workers = workersOf(4);
    const processes = new Map(workers.map(({ name }) => [name, { name }]));
    routing.staff(workers);
    const before = placesOf(routing, workers);
    const [gone, ...stay] = workers as [Worker, ...Worker[]];
    routing.staff(stay);
    const after = placesOf(routing, stay);
    const moved = KEYS.filter((key) => before.get(key) !== after.get(key));
    expect(moved).toEqual(KEYS.filter((key) => before.get(key) === gone));
    // Another connection of the same process.
    const back = { name: gone.name };
    routing.staff([...stay, back]);
    const again = placesOf(routing, [...stay, back]);
    expect(KEYS.filter((key) => again.get(key) === back)).toEqual(moved);
    expect(KEYS.filter((key) => again.get(key) !== back && again.get(key) !== before.get(key))).toEqual([]);
  });

  it('leaves the keys of a place where they are while two are in it, and gives them all to the one that stays', () => {
    const places = new Map<Worker, number>();
    const routing = new Routing<Worker, Call>((worker) => places.get(worker) ?? worker);
    const workers = workersOf(4);
    for (const [place, worker] of workers.entries()) places.set(worker, place);
    routing.staff(workers);
    const before = placesOf(routing, workers);
    const [old, ...stay] = workers as [Worker, ...Worker[]];
    const next = { name: 'next' };
    places.set(next, 0);
    routing.staff([...workers, next]);
    expect(placesOf(routing, [...workers, next])).toEqual(before);
    routing.staff([...stay, next]);
    const after = placesOf(routing, [...stay, next]);
    for (const key of KEYS) expect(after.get(key)).toBe(before.get(key) === old ? next : before.get(key));
  });

  it('gives one that is new its share, and takes it from all', () => {
    const routing = new Routing<Worker, Call>();
    const workers = workersOf(3);
    routing.staff(workers);
    const before = placesOf(routing, workers);
    const all = [...workers, { name: 'new' }];
    routing.staff(all);
    const after = placesOf(routing, all);
    const moved = KEYS.filter((key) => before.get(key) !== after.get(key));
    expect(new Set(moved.map((key) => after.get(key)?.name))).toEqual(new Set(['new']));
    expect(new Set(moved.map((key) => before.get(key)))).toEqual(new Set(workers));
    expect(moved.length).toBeGreaterThan(60);
  });

  it('lets calls with a key wait while there is nobody, and those without', () => {
    const routing = new Routing<Worker, Call>();
    const [worker] = workersOf(1) as [Worker];
    routing.push({ key: 'a', n: 1 });
    routing.push({ n: 2 });
    routing.staff([]);
    routing.push({ key: 'a', n: 3 });
    expect([routing.waits, routing.next(worker)?.n]).toEqual([3, 2]);
    routing.staff([worker]);
    expect([routing.next(worker)?.n, routing.next(worker)?.n, routing.waits]).toEqual([1, 3, 0]);
  });

  it('takes calls of its own and of anybody by turns', () => {
    const routing = new Routing<Worker, Call>();
    const [worker] = workersOf(1) as [Worker];
    routing.staff([worker]);
    for (const n of [1, 2, 3]) routing.push({ key: 'a', n });
    for (const n of [4, 5]) routing.push({ n });
    expect(Array.from({ length: 5 }, () => routing.next(worker)?.n)).toEqual([1, 4, 2, 5, 3]);
  });

  it('puts what comes back before what waits, also where its process is gone', () => {
    const routing = new Routing<Worker, Call>();
    const [a, b] = workersOf(2) as [Worker, Worker];
    routing.staff([a]);
    routing.push({ key: 'k', n: 2 });
    routing.staff([b]);
    routing.unshift({ key: 'k', n: 1 });
    expect([routing.next(b)?.n, routing.next(b)?.n]).toEqual([1, 2]);
  });

  it('forgets what nobody wants, and gives all that waits away at the end', () => {
    const routing = new Routing<Worker, Call>();
    routing.staff(workersOf(2));
    for (const n of [1, 2, 3]) routing.push({ n });
    for (const n of [4, 5]) routing.push({ key: 'a', n });
    routing.shed(({ n }) => n === 1 || n === 3 || n === 4);
    expect(routing.waits).toBe(2);
    expect(routing.clear().map(({ n }) => n)).toEqual([2, 5]);
    expect([routing.waits, routing.clear()]).toEqual([0, []]);
  });

  it('keeps the order of each key, on one process while that may be called, and starves nobody', () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('push' as const),
        key: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
      }),
      fc.record({ do: fc.constant('next' as const), at: fc.nat(3) }),
      fc.record({ do: fc.constant('shed' as const), of: fc.integer({ min: 2, max: 4 }) }),
      fc.record({ do: fc.constant('staff' as const), of: fc.subarray([0, 1, 2, 3]) }),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 80 }), (steps) => {
        const routing = new Routing<Worker, Call>();
        const all = workersOf(4);
        let staff: readonly Worker[] = [];
        const homes = new Map<string, { readonly at: Worker; readonly came: Set<Worker> }>();
        const waiting: Call[] = [];
        const take = (worker: Worker): void => {
          const call = routing.next(worker);
          if (call === undefined) return;
          expect(waiting.find(({ key }) => key === call.key)).toBe(call);
          waiting.splice(waiting.indexOf(call), 1);
          if (call.key === undefined) return;
          const home = homes.get(call.key);
          // Only one that has come since may take it.
          if (home !== undefined && home.at !== worker) expect(home.came).toContain(worker);
          homes.set(call.key, { at: worker, came: new Set() });
        };
        steps.forEach((one, n) => {
          if (one.do === 'push') {
            const call = one.key === undefined ? { n } : { key: one.key, n };
            waiting.push(call);
            routing.push(call);
          } else if (one.do === 'shed') {
            const unwanted = (call: Call): boolean => call.n % one.of === 0;
            routing.shed(unwanted);
            waiting.splice(0, waiting.length, ...waiting.filter((call) => !unwanted(call)));
          } else if (one.do === 'staff') {
            const before = staff;
            staff = all.filter((_, i) => one.of.includes(i));
            routing.staff(staff);
            const came = staff.filter((worker) => !before.includes(worker));
            for (const home of homes.values()) for (const worker of came) home.came.add(worker);
            for (const [key, home] of homes) if (!staff.includes(home.at)) homes.delete(key);
          } else for (const worker of staff.slice(one.at, one.at + 1)) take(worker);
          expect(routing.waits).toBe(waiting.length);
        });
        routing.staff((staff = staff.length === 0 ? all : staff));
        for (let rounds = waiting.length; rounds > 0; rounds -= 1) for (const worker of staff) take(worker);
        expect(waiting).toEqual([]);
      }),
    );
  });
});
