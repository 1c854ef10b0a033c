import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Registry } from 'prom-client';
import { type ProcessUsage, usageOf } from '../process/usage.js';
import type { LedgerStage } from '../rule/ledger.js';
import type { Service } from '../service/service.js';

const STAGE = ['rule', 'stage', 'kind'];
const NANOSECONDS = 1e9;
/** Milliseconds between two looks at the event loop. */
const STEP = 20;

/** What the service has counted, read at each scrape: nothing is counted twice. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly lag: IntervalHistogram = monitorEventLoopDelay({ resolution: STEP });
  private readonly stages: readonly ((labels: Labels, stage: LedgerStage) => void)[];
  private readonly plugins: readonly ((plugin: string, read: PluginReading) => void)[];
  private readonly replica: (labels: ReplicaLabels, usage: ProcessUsage) => void;
  private readonly host: () => void;

  constructor(private readonly service: Service) {
    this.lag.enable();
    this.stages = [
      this.stageCount('received_total', 'Values that came in', ({ received }) => received),
      this.stageCount('passed_total', 'Values that went on', ({ passed }) => passed),
      this.stageReasons('dropped_total', 'Values that were dropped', ({ dropped }) => dropped),
      this.stageReasons('failed_total', 'Values that failed', ({ failed }) => failed),
      this.stageGauge('in_flight_tuples', 'Values that are held now', ({ inFlight }) => inFlight),
      this.stageGauge('peak_tuples', 'The most values that have waited at once', ({ peak }) => peak),
      this.stageCount('pauses_total', 'How often a source was held back', ({ pauses }) => pauses),
      this.stageCount('restarts_total', 'How often its symbol was started again', ({ restarts }) => restarts),
    ];
    this.plugins = [
      this.pluginGauge('up', '1 while its process has shaken hands', ({ up }) => (up ? 1 : 0)),
      this.pluginCount('restarts_total', 'How often a process of it was started again', ({ restarts }) => restarts),
    ];
    this.replica = this.ofReplica();
    this.host = this.ofHost();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** In the text format of Prometheus. */
  async read(): Promise<string> {
    this.registry.resetMetrics();
    for (const rule of this.service.rules.list()) {
      for (const [stage, counts] of Object.entries(rule.ledger().stages))
        for (const write of this.stages) write({ rule: rule.id, stage, kind: counts.kind }, counts);
    }
    for (const { name, state, restarts, replicas } of this.service.host.plugins.list()) {
      for (const write of this.plugins) write(name, { up: state.phase === 'ready', restarts });
      for (const [replica, one] of replicas.entries()) {
        const usage = one.phase === 'ready' ? usageOf(one.pid) : undefined;
        if (usage !== undefined) this.replica({ plugin: name, replica }, usage);
      }
    }
    this.host();
    return this.registry.metrics();
  }

  close(): void {
    this.lag.disable();
    this.registry.clear();
  }

  private stageCount(name: string, help: string, read: (stage: LedgerStage) => number) {
    const counter = this.counter(`rxport_stage_${name}`, help, STAGE);
    return (labels: Labels, stage: LedgerStage): void => counter.inc(labels, read(stage));
  }

  private stageGauge(name: string, help: string, read: (stage: LedgerStage) => number) {
    const gauge = this.gauge(`rxport_stage_${name}`, help, STAGE);
    return (labels: Labels, stage: LedgerStage): void => gauge.set(labels, read(stage));
  }

  private stageReasons(name: string, help: string, read: (stage: LedgerStage) => Readonly<Record<string, number>>) {
    const counter = this.counter(`rxport_stage_${name}`, help, [...STAGE, 'reason']);
    return (labels: Labels, stage: LedgerStage): void => {
      for (const [reason, count] of Object.entries(read(stage))) counter.inc({ ...labels, reason }, count);
    };
  }

  private pluginCount(name: string, help: string, read: (plugin: PluginReading) => number) {
    const counter = this.counter(`rxport_plugin_${name}`, help, ['plugin']);
    return (plugin: string, reading: PluginReading): void => counter.inc({ plugin }, read(reading));
  }

  private pluginGauge(name: string, help: string, read: (plugin: PluginReading) => number) {
    const gauge = this.gauge(`rxport_plugin_${name}`, help, ['plugin']);
    return (plugin: string, reading: PluginReading): void => gauge.set({ plugin }, read(reading));
  }

  /** A series for each process: the processor time of one that is started again begins anew, and that of the others does not. */
  private ofReplica(): (labels: ReplicaLabels, usage: ProcessUsage) => void {
    const labels = ['plugin', 'replica'];
    const cpu = this.counter('rxport_plugin_cpu_seconds_total', 'Processor time of a process', labels);
    const memory = this.gauge('rxport_plugin_resident_memory_bytes', 'Memory of a process', labels);
    return (of, { cpuSeconds, residentBytes }) => {
      cpu.inc({ ...of }, cpuSeconds);
      memory.set({ ...of }, residentBytes);
    };
  }

  private ofHost(): () => void {
    const cpu = this.counter('rxport_host_cpu_seconds_total', 'Processor time of the host', []);
    const memory = this.gauge('rxport_host_resident_memory_bytes', 'Memory of the host', []);
    const heap = this.gauge('rxport_host_heap_used_bytes', 'Heap of the host that is used', []);
    const lag = this.gauge(
      'rxport_host_event_loop_lag_seconds',
      'How late the event loop of the host was, since the last scrape',
      ['quantile'],
    );
    return () => {
      const { user, system } = process.cpuUsage();
      cpu.inc((user + system) / 1e6);
      const { rss, heapUsed } = process.memoryUsage();
      memory.set(rss);
      heap.set(heapUsed);
      for (const quantile of [0.5, 0.99, 1]) {
        const passed = quantile === 1 ? this.lag.max : this.lag.percentile(quantile * 100);
        // What is measured is the time between two looks.
        lag.set({ quantile: String(quantile) }, Math.max(0, passed / NANOSECONDS - STEP / 1_000));
      }
      this.lag.reset();
    };
  }

  private counter(name: string, help: string, labelNames: readonly string[]): Counter {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  private gauge(name: string, help: string, labelNames: readonly string[]): Gauge {
    return new Gauge({ name, help, labelNames, registers: [this.registry] });
  }
}

type Labels = Readonly<Record<'rule' | 'stage' | 'kind', string>>;

/** The first process of a plugin is its replica 0. */
type ReplicaLabels = Readonly<{ plugin: string; replica: number }>;

type PluginReading = Readonly<{ up: boolean; restarts: number }>;
