package io.ikigai.platform.postgres;

import java.lang.reflect.Proxy;

import org.springframework.test.util.ReflectionTestUtils;

/**
 * Looks behind what {@code CallerTransactions} puts before a store, for tests of what
 * only the store's own class has.
 */
final class GuardedStore {

	private GuardedStore() {
	}

	static <T> T behind(Object guarded, Class<T> type) {
		return type.cast(ReflectionTestUtils.getField(Proxy.getInvocationHandler(guarded), "store"));
	}

}
