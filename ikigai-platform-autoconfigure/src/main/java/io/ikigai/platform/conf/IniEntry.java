package io.ikigai.platform.conf;

/**
 * One {@code key = value} of an INI file.
 *
 * @param section the name of the section as written, never empty
 * @param key the key as written, never empty
 * @param value the value without comment and surrounding blanks or quotes
 * @param quoted whether the value stood in double quotes and is to be taken literally
 * @param line the line, counted from 1
 * @param column the column at which the value begins, counted from 1
 */
record IniEntry(String section, String key, String value, boolean quoted, int line, int column) {
}
