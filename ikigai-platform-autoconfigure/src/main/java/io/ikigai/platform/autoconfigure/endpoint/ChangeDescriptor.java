package io.ikigai.platform.autoconfigure.endpoint;

/**
 * What an operation of the endpoint did.
 *
 * @param operation the operation
 * @param changed how many things are different now; 0 if there was nothing to do
 */
public record ChangeDescriptor(String operation, long changed) {
}
