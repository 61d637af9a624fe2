package io.ikigai.platform;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;

/**
 * A generic type as a value, for payloads such as {@code List<Alert>} that a
 * {@link Class} cannot name. Written as an anonymous subclass: <pre>{@code
 * List<Alert> alerts = task.payload(new TypeRef<List<Alert>>() {
 * });
 * }</pre>
 * <p>
 * Immutable and safe for use by several threads.
 *
 * @param <T> the type that is named
 */
public abstract class TypeRef<T> {

	private final Type type;

	/**
	 * Captures the type argument of the subclass.
	 * @throws IllegalStateException if the subclass names no type argument
	 */
	protected TypeRef() {
		if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parameterized)) {
			throw new IllegalStateException(
					"A TypeRef needs its type argument: write new TypeRef<List<String>>() { }, not new TypeRef() { }");
		}
		this.type = parameterized.getActualTypeArguments()[0];
	}

	private TypeRef(Type type) {
		this.type = type;
	}

	/**
	 * Names a type that is known by reflection only, such as that of a parameter.
	 * @param type the type
	 * @return a reference to it
	 */
	public static TypeRef<?> of(Type type) {
		return new TypeRef<Object>(type) {
		};
	}

	/**
	 * Returns the captured type.
	 * @return the type argument of the subclass
	 */
	public final Type type() {
		return this.type;
	}

	@Override
	public final boolean equals(Object other) {
		return other instanceof TypeRef<?> that && this.type.equals(that.type);
	}

	@Override
	public final int hashCode() {
		return this.type.hashCode();
	}

	@Override
	public final String toString() {
		return "TypeRef<" + this.type.getTypeName() + ">";
	}

}
