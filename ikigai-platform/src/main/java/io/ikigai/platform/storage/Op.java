package io.ikigai.platform.storage;

/**
 * How a value at a path is compared.
 */
public enum Op {

	/**
	 * The same JSON value: 5 equals 5.0, not "5"; null equals a null that is there.
	 */
	EQ,

	/** Whatever is not equal: values of other types and paths that are not there too. */
	NE,

	/**
	 * Less than: numbers with numbers, text with text by code point, false before true.
	 * Values of other types are not found.
	 */
	LT,

	/** Less than or equal. */
	LE,

	/** Greater than. */
	GT,

	/** Greater than or equal. */
	GE,

	/** Equal to one of a collection of values. */
	IN,

	/**
	 * An array with this element or with all of these, or an object with these fields;
	 * not part of a text.
	 */
	CONTAINS,

	/** {@code true}: the path is there; {@code false}: it is not. */
	EXISTS

}
