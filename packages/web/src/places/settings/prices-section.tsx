/** Where prices come from, and that a missing one is said. */
import { Link } from '@tanstack/react-router';

export function PricesSection() {
  return (
    <section id="prices" className="set-sec">
      <h2>Prices</h2>
      <p>
        Usage is kept without prices. When a cost is shown, each request is priced with the table that comes with
        taffrail, as of the time of its use where the table knows it. A request whose model has no price is left out of
        the sum and counted beside it: “3 requests unpriced”. Nothing is ever priced at 0 for want of a price.
      </p>
      <p>
        Prices of your own stand under <span className="mono">[prices]</span> in{' '}
        <span className="mono">config.toml</span>. A change there counts at once, for what was used before too.
      </p>
      <p>
        <Link to="/analytics" search={{ metric: 'cost' }} className="link">
          What is not priced
        </Link>
      </p>
    </section>
  );
}
