import type { Refusal } from './codes.ts';
import type { Form } from './form.ts';
import type { SimulatorSettings } from './settings.ts';

const WRONG_PASSWORDS = 5;

/** Who may call: codes 1, 2, 3, 5 and 21. Five wrong passwords in a row lock the account until somebody unlocks it. */
export class Account {
  failedLogins = 0;
  #wrongInARow = 0;

  get locked(): boolean {
    return this.#wrongInARow >= WRONG_PASSWORDS;
  }

  unlock(): void {
    this.#wrongInARow = 0;
  }

  check(form: Form, settings: SimulatorSettings): Refusal | null {
    const spCode = form.get('SpCode');
    const loginName = form.get('LoginName');
    const password = form.get('Password');
    if (spCode === '' || loginName === '' || password === '') return { code: '1' };
    if (!settings.ipAllowed) return { code: '5' };
    if (spCode !== settings.spCode || loginName !== settings.loginName) return { code: '2' };
    if (password !== settings.password) {
      this.failedLogins++;
      this.#wrongInARow++;
      return { code: this.locked ? '21' : '3' };
    }
    if (this.locked) return { code: '21' };
    this.#wrongInARow = 0;
    return null;
  }
}
