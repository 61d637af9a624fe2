package io.ikigai.platform.storage;

/**
 * How a value at a path is compared.
 */
public enum Op {

	/** Equal. */
	EQ,

	/** Not equal; a path that is not there is not equal to anything. */
	NE,

	/** Less than. */
	LT,

	/** Less than or equal. */
	LE,

	/** Greater than. */
	GT,

	/** Greater than or equal. */
	GE,

	/** Equal to one of a collection of values. */
	IN,

	/** An array with this element, or an object with these fields. */
	CONTAINS,

	/** {@code true}: the path is there; {@code false}: it is not. */
	EXISTS

}
