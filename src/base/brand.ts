declare const brandName: unique symbol;

/** A value of type T that was made in one place, so that two look-alikes cannot be confused. */
export type Brand<T, Name extends string> = T & { readonly [brandName]: Name };
