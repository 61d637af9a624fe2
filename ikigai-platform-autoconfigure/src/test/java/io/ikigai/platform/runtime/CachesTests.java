package io.ikigai.platform.runtime;

import java.lang.reflect.Proxy;
import java.util.Optional;

import io.ikigai.platform.cache.CacheStatus.Reads;
import io.ikigai.platform.cache.CacheStore;
import io.ikigai.platform.observation.TagNames;
import io.ikigai.platform.transaction.CallerTransactions;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is counted of regions does not grow with their number.
 */
class CachesTests {

	@Test
	void countsTheReadsOfFurtherRegionsTogether() throws Exception {
		CacheStore empty = (CacheStore) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { CacheStore.class }, (proxy, method, arguments) -> Optional.empty());
		DriverManagerDataSource database = new DriverManagerDataSource();
		try (Caches caches = new Caches(empty, new PayloadJson(JsonMapper.shared(), 1000), new PlatformTransactions(
				new CallerTransactions(database, database, new JdbcTransactionManager(database))), null)) {
			for (int user = 0; user < 4 * TagNames.LIMIT; user++) {
				caches.region("region-of-user-" + user).get("key", String.class);
			}
			assertThat(caches.reads()).hasSize(TagNames.LIMIT + 1);
			assertThat(caches.reads()).containsEntry(TagNames.OTHER, new Reads(0, 0, 3 * TagNames.LIMIT))
				.containsEntry("region-of-user-0", new Reads(0, 0, 1));
		}
	}

}
