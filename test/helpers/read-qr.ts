import jsQR from 'jsqr';

/** Squares of a code, light ones false. */
export type Squares = readonly (readonly boolean[])[];

const side = 4;

/** What a camera reads of squares; null where it finds no code. */
export function readQr(squares: Squares): string | null {
  const [width, height] = [(squares[0]?.length ?? 0) * side, squares.length * side];
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (squares[Math.floor(y / side)]?.[Math.floor(x / side)] === true) {
        pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
      }
    }
  }
  return readPixels(pixels, width, height);
}

/** The same of a picture: red, green, blue and opacity of each pixel. */
export function readPixels(pixels: Uint8ClampedArray, width: number, height: number): string | null {
  return jsQR.default(pixels, width, height)?.data ?? null;
}
