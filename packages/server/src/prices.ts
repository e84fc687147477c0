/** The price table by itself: it is large, so that whoever may not need it loads it when it does. */
export { priceTable } from '@taffrail/store';
