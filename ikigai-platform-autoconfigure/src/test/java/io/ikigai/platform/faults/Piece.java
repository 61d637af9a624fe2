package io.ikigai.platform.faults;

/**
 * A piece of work: the payload of all tasks and messages of a scenario.
 *
 * @param source what sends it; each source sends in the order of its numbers
 * @param number its number there
 */
public record Piece(String source, int number) {

}
