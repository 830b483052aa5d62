// @ts-check
/** What is the same in every language: names, units, codes. */
const EVERYWHERE = new Set(['SysManage', 'CPU']);

/**
 * What a language says as English does, read by one who knows it.
 * @type {Record<string, readonly string[]>}
 */
const IN = {};

/**
 * @param {string} text
 * @param {string} language BCP 47
 */
export const mayEqualEnglish = (text, language) => EVERYWHERE.has(text) || (IN[language] ?? []).includes(text);
