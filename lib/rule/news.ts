/**
 * What is told, one after the other. Who hears something and thereby causes the next is told of that when all others have heard
 * the first.
 */
export class News {
  private readonly waiting: (() => void)[] = [];
  private telling = false;

  tell(one: () => void): void {
    this.waiting.push(one);
    if (this.telling) return;
    this.telling = true;
    try {
      for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) next();
    } finally {
      this.telling = false;
    }
  }
}
