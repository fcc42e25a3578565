// Texts that are shown with less than 4.5 to 1 between them and what is behind them.
const parse = (colour) => colour.match(/[\d.]+/g).map(Number);
const over = (top, below) => {
  const alpha = top[3] ?? 1;
  return top.slice(0, 3).map((each, index) => each * alpha + below[index] * (1 - alpha));
};
const light = (rgb) => {
  const linear = (each) => ((each /= 255) <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
  const [red, green, blue] = rgb.map(linear);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const behind = (element) => {
  const found = [];
  for (let each = element; each; each = each.parentElement) {
    found.push(parse(getComputedStyle(each).backgroundColor));
  }
  return found.reverse().reduce((below, top) => over(top, below), dark ? [18, 18, 18] : [255, 255, 255]);
};
const bad = [];
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const apart = element.closest("[disabled], .skip, option, noscript");
  if (!own || apart || !element.checkVisibility()) continue;
  const ground = behind(element);
  const lights = [light(over(parse(getComputedStyle(element).color), ground)), light(ground)];
  const ratio = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
  if (ratio < 4.5) {
    bad.push(`${element.tagName}.${element.className} ${ratio.toFixed(2)} ${element.textContent.trim().slice(0, 30)}`);
  }
}
return bad;
