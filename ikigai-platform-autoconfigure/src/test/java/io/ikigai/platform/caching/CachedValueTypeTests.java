package io.ikigai.platform.caching;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What cached values of a method are read as.
 */
class CachedValueTypeTests {

	@Test
	void readsAsTheMethodsReturnType() {
		assertThat(typeOf("list")).isEqualTo("java.util.List<java.lang.Long>");
		assertThat(typeOf("number")).isEqualTo("int");
	}

	@Test
	void takesOffWhatSpringTakesOff() {
		assertThat(typeOf("optional")).isEqualTo("java.util.List<java.lang.Long>");
		assertThat(typeOf("future")).isEqualTo("java.util.Map<java.lang.String, java.lang.Long>");
	}

	@Test
	void resolvesTypeVariablesAndNarrowedTypes() {
		assertThat(typeOf("find")).isEqualTo("java.lang.Long");
		assertThat(typeOf("all")).isEqualTo("java.util.List<java.lang.Long>");
		assertThat(typeOf("narrowed")).isEqualTo("java.lang.Integer");
	}

	private static String typeOf(String name) {
		return CachedValueType.of(ReflectionUtils.findMethod(Base.class, name), Methods.class).getTypeName();
	}

	interface Base<T> {

		List<Long> list();

		int number();

		Optional<List<Long>> optional();

		CompletableFuture<Map<String, Long>> future();

		T find();

		default List<T> all() {
			return List.of();
		}

		Number narrowed();

	}

	abstract static class Methods implements Base<Long> {

		@Override
		public abstract Long find();

		@Override
		public abstract Integer narrowed();

	}

}
