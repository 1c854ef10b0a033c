import { MAX_FRAME } from '../sp/limits.js';
import type { PushSocket } from '../sp/transport.js';
import { Queue } from '../stage.js';
import {
  BATCH_BYTES,
  BATCH_LARGEST,
  BATCH_SIZE,
  BATCH_VALUES,
  encodePayloads,
  type Payload,
} from '../wire/sink-batch.js';
import type { SinkChannelOptions } from './sink-handler.js';

/** What a broken connection may have held: the kernel's buffer in bytes, and what a Go plugin reads ahead. */
const KERNEL_BYTES = 212_992;
const READ_AHEAD = 128;
/** What our SDK reads ahead, which is who takes batches: what Node reads of a socket, twice, and the batch at hand. */
const BATCH_AHEAD = 2 * 65_536 + BATCH_SIZE;

/**
 * How values go out. `plain`: each as it is, to whoever knows no batches. `escaped`: each alone, and none that would be taken
 * for a batch. `together`: those of one tick share frames.
 */
export type Framing = 'plain' | 'escaped' | 'together';

type Terms = Pick<SinkChannelOptions, 'ackTimeout' | 'batches' | 'maxSend' | 'maxFrame'>;

/** Never together with acks, which are for one value each, nor where a batch could be over the limit of the plugin. */
export function framingOf({ ackTimeout, batches, maxSend, maxFrame = MAX_FRAME }: Terms): Framing {
  if (batches?.() !== true) return 'plain';
  return ackTimeout === undefined && (maxSend?.() ?? maxFrame) >= BATCH_BYTES ? 'together' : 'escaped';
}

/** What goes out on one connection of a sink. */
export class SinkConnection {
  /** The connection asks to wait. */
  full = false;
  private gathered: Payload[] = [];
  private size = 0;
  private scheduled = false;
  /** How many values are in each frame that the kernel has not taken yet; not counted where each frame is a value. */
  private readonly frames = new Queue<number>();
  private taken = 0;
  private smallest = KERNEL_BYTES;

  constructor(
    private readonly push: PushSocket,
    private readonly framing: Framing,
  ) {}

  get open(): boolean {
    return this.push.open;
  }

  /** How many values at most were under way in it. */
  get unconfirmed(): number {
    const bytes = this.framing === 'plain' ? KERNEL_BYTES : KERNEL_BYTES + BATCH_AHEAD;
    return Math.min(this.taken, Math.ceil(bytes / this.smallest) + READ_AHEAD);
  }

  /** Throws `ERR_FRAME_TOO_LARGE`: then it has not been taken. */
  send(payload: Payload): void {
    const { length } = payload;
    if (this.framing === 'plain') this.full = !this.push.send(payload);
    else if (this.framing === 'escaped' || length > BATCH_LARGEST) this.sendAlone(payload);
    else this.gather(payload);
    this.smallest = Math.max(1, Math.min(this.smallest, length));
  }

  /** The kernel has so many more frames; answers how many values those were. */
  accepted(frames: number): number {
    let values = frames;
    if (this.framing === 'together') for (let i = 0; i < frames; i += 1) values += (this.frames.shift() ?? 1) - 1;
    this.taken += values;
    return values;
  }

  end(): void {
    this.push.end();
  }

  destroy(): void {
    this.push.destroy();
  }

  private sendAlone(payload: Payload): void {
    this.flush();
    this.write(encodePayloads([payload]), 1);
  }

  private gather(payload: Payload): void {
    if (this.size + payload.length > BATCH_SIZE) this.flush();
    this.gathered.push(payload);
    this.size += payload.length;
    if (this.gathered.length >= BATCH_VALUES) return this.flush();
    if (this.scheduled) return;
    this.scheduled = true;
    // The same moment at which the pipe hands over what was written: one value is not a moment later for it.
    process.nextTick(this.tickEnded);
  }

  private flush(): void {
    const { gathered } = this;
    if (gathered.length === 0) return;
    this.gathered = [];
    this.size = 0;
    this.write(encodePayloads(gathered), gathered.length);
  }

  private write(frame: Payload, values: number): void {
    this.full = !this.push.send(frame);
    if (this.framing === 'together') this.frames.push(values);
  }

  private readonly tickEnded = (): void => {
    this.scheduled = false;
    // What a connection that has gone did not get goes out on the next one.
    if (this.push.open) this.flush();
  };
}
