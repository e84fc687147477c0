/** The server does not know this browser: how to sign in. */
import { Mark } from './rail.js';

export function SignIn() {
  return (
    <main className="sign-in">
      <div className="first-in">
        <span className="rail-mark">
          <Mark />
        </span>
        <h1>This browser is not signed in</h1>
        <p className="ink2 my-2">
          taffrail shows what was said and done on this machine, so it opens only for whoever can read its terminal.
        </p>
        <ol className="steps-list">
          <li>
            Look at the terminal in which <code className="code">taffrail serve</code> runs. It prints a sign-in link
            when it starts.
          </li>
          <li>Open that link in this browser. It is remembered here from then on.</li>
          <li>
            Nothing running? Start it with <code className="code">npm start</code> in a clone, or{' '}
            <code className="code">taffrail serve</code>.
          </li>
        </ol>
        <button type="button" className="btn" onClick={() => location.reload()}>
          Try again
        </button>
      </div>
    </main>
  );
}
