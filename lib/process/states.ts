import { BehaviorSubject, type Observable } from 'rxjs';
import { type ProcessState, STOPPED } from './state.js';

/** The states of a process. Everybody hears of them in their order, also where who hears of one brings the next about. */
export class States {
  private readonly told = new BehaviorSubject<ProcessState>(STOPPED);
  /** Hot, replays the newest that was told. */
  readonly state$: Observable<ProcessState> = this.told.asObservable();
  private newest: ProcessState = STOPPED;
  /** The one that is being told, and those behind it. */
  private readonly news: ProcessState[] = [];

  get value(): ProcessState {
    return this.newest;
  }

  next(state: ProcessState): void {
    this.newest = state;
    this.news.push(state);
    if (this.news.length > 1) return;
    for (let [news] = this.news; news !== undefined; [news] = this.news) {
      this.told.next(news);
      this.news.shift();
    }
  }
}
