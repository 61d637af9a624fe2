package io.ikigai.platform.autoconfigure;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.data.redis.connection.RedisNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RedisUrlTests {

	@Test
	void readsAServer() {
		RedisUrl url = RedisUrl.parse("redis://127.0.0.1");
		assertThat(url).isEqualTo(new RedisUrl(false, null, null, List.of(new RedisNode("127.0.0.1", 6379)), 0));
	}

	@Test
	void readsAllThatAnAddressMayHold() {
		RedisUrl url = RedisUrl.parse("rediss://agent:s%40c+ret@cache.example.org:6380/3");
		assertThat(url.tls()).isTrue();
		assertThat(url.username()).isEqualTo("agent");
		assertThat(url.password()).isEqualTo("s@c+ret");
		assertThat(url.nodes()).containsExactly(new RedisNode("cache.example.org", 6380));
		assertThat(url.database()).isEqualTo(3);
	}

	@Test
	void readsTheNodesOfACluster() {
		RedisUrl url = RedisUrl.parse("redis://:secret@one:7001,two:7002,three");
		assertThat(url.password()).isEqualTo("secret");
		assertThat(url.nodes()).containsExactly(new RedisNode("one", 7001), new RedisNode("two", 7002),
				new RedisNode("three", 6379));
	}

	@Test
	void keepsThePasswordToItself() {
		assertThat(RedisUrl.parse("redis://:secret@one").toString()).doesNotContain("secret");
		assertThat(new RedisProperties("redis://:secret@one").toString()).doesNotContain("secret");
	}

	@ParameterizedTest
	@CsvSource({ "http://:secret@one, redis://", "secret, redis://", "redis://:secret@one/x, number of a database",
			"redis://:secret@, address", "'redis://:secret@o ne', address" })
	void refusesOthersWithoutShowingThem(String url, String reason) {
		assertThatExceptionOfType(PlatformConfigurationException.class).isThrownBy(() -> RedisUrl.parse(url))
			.satisfies((ex) -> assertThat(ex.getMessage() + ex.action()).contains("ikigai.redis.url")
				.contains(reason)
				.doesNotContain("secret@"));
	}

}
