package io.ikigai.platform.autoconfigure;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class PostgresUrlTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-",
			textBlock = """
					postgresql://me:secret@host:5433/db               | jdbc:postgresql://host:5433/db              | me | secret
					postgres://me:secret@host/db                      | jdbc:postgresql://host/db                   | me | secret
					jdbc:postgresql://host:5433/db                    | jdbc:postgresql://host:5433/db              | -  | -
					jdbc:postgresql://host/db?user=me&password=secret | jdbc:postgresql://host/db                   | me | secret
					jdbc:postgresql://host/db?ssl=true&user=me        | jdbc:postgresql://host/db?ssl=true          | me | -
					postgresql://me@host/db?sslmode=require           | jdbc:postgresql://host/db?sslmode=require   | me | -
					postgresql://me:a%40b%3A%2F%25%2B+c@host/db       | jdbc:postgresql://host/db                   | me | a@b:/%++c
					postgresql://m%C3%BC:x@host/db                    | jdbc:postgresql://host/db                   | mü | x
					postgresql://host/db?application_name=a%20b       | jdbc:postgresql://host/db?ApplicationName=a+b | - | -
					postgresql://host/db?connect_timeout=3            | jdbc:postgresql://host/db?connectTimeout=3  | -  | -
					postgresql://[::1]:5432/db                        | jdbc:postgresql://[::1]:5432/db             | -  | -
					postgresql://one:1,two:2/db?targetServerType=primary | jdbc:postgresql://one:1,two:2/db?targetServerType=primary | - | -
					postgresql://host/db?channel_binding=require      | jdbc:postgresql://host/db?channelBinding=require | - | -
					postgresql://host/db?require_auth=scram-sha-256   | jdbc:postgresql://host/db?requireAuth=scram-sha-256 | - | -
					postgresql://host/db?target_session_attrs=read-write | jdbc:postgresql://host/db?targetServerType=primary | - | -
					postgresql://a,b/db?load_balance_hosts=random     | jdbc:postgresql://a,b/db?loadBalanceHosts=true | - | -
					postgresql://host/db?keepalives=1&sslcompression=0 | jdbc:postgresql://host/db?tcpKeepAlive=true | - | -
					postgresql://host/db?gssencmode=disable&client_encoding=UTF8 | jdbc:postgresql://host/db?gssEncMode=disable | - | -
					postgresql:///?host=a.org&port=5433&dbname=db     | jdbc:postgresql://a.org:5433/db             | -  | -
					postgresql:///db?host=a,b&port=1,2                | jdbc:postgresql://a:1,b:2/db                | -  | -
					postgresql:///db?hostaddr=::1                     | jdbc:postgresql://[::1]/db                  | -  | -
					postgresql://host/db?port=5433                    | jdbc:postgresql://host:5433/db              | -  | -
					jdbc:postgresql://host/db?channel_binding=require | jdbc:postgresql://host/db?channelBinding=require | - | -
					postgresql:///db                                  | jdbc:postgresql://localhost/db              | -  | -
					postgresql://me:secret@/db                        | jdbc:postgresql://localhost/db              | me | secret
					""")
	void readsBothForms(String url, String jdbcUrl, String username, String password) {
		PostgresUrl parsed = PostgresUrl.parse("ikigai.postgres.url", url);
		assertThat(parsed.jdbcUrl()).isEqualTo(jdbcUrl);
		assertThat(parsed.username()).isEqualTo(username);
		assertThat(parsed.password()).isEqualTo(password);
		assertThat(new Driver().acceptsURL(jdbcUrl)).isTrue();
		assertThat(parsed.toString()).doesNotContain("secret");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-",
			textBlock = """
					postgresql:///db?host=/run/postgresql                          | 5432 | /run/postgresql/.s.PGSQL.5432 | -  | -
					postgresql:///db?host=/run/postgresql/&port=5433               | 5433 | /run/postgresql/.s.PGSQL.5433 | -  | -
					postgresql:///db?host=/a%20b&user=me&password=secret           | 5432 | /a b/.s.PGSQL.5432            | me | secret
					postgresql://me:secret@:5433/db?host=/tmp&sslmode=require      | 5433 | /tmp/.s.PGSQL.5433            | me | secret
					postgresql://me:secret@%2Ftmp/db                               | 5432 | /tmp/.s.PGSQL.5432            | me | secret
					postgresql://%2Ftmp:5433/db                                    | 5433 | /tmp/.s.PGSQL.5433            | -  | -
					jdbc:postgresql:///db?host=/tmp&port=5433                      | 5433 | /tmp/.s.PGSQL.5433            | -  | -
					""")
	void readsUnixSockets(String url, int port, String path, String username, String password) {
		PostgresUrl parsed = PostgresUrl.parse("ikigai.postgres.url", url);
		assertThat(parsed.jdbcUrl()).startsWith("jdbc:postgresql://localhost:" + port + "/db?");
		assertThat(UnixSocket.of(parsed.jdbcUrl())).isEqualTo(path);
		assertThat(parsed.username()).isEqualTo(username);
		assertThat(parsed.password()).isEqualTo(password);
		assertThat(Driver.parseURL(parsed.jdbcUrl(), null)).containsEntry("socketFactoryArg", path)
			.containsEntry("socketFactory", "org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg")
			.containsEntry("sslmode", "disable")
			.containsEntry("PGDBNAME", "db");
		assertThat(PostgresUrl.shown(parsed.jdbcUrl())).endsWith("/db by the Unix socket " + path);
		assertThat(PostgresUrl.sameDatabase(parsed.jdbcUrl(), parsed.jdbcUrl())).isTrue();
		assertThat(PostgresUrl.sameDatabase(parsed.jdbcUrl(), "jdbc:postgresql://localhost:" + port + "/db")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "target_session_attrs=standby", "target_session_attrs=read-only",
			"target_session_attrs=prefer-standby", "passfile=/root/.pgpass", "sslcrl=/crl", "servicefile=/x",
			"ssl_min_protocol_version=TLSv1.3", "sslcompression=1", "client_encoding=LATIN1", "tcp_user_timeout=1",
			"keepalives_idle=10", "sslcertmode=require", "unknown=secret", "Sslmode=require", "channelbinding=require",
			"sslsni=0", "load_balance_hosts=many" })
	void refusesParametersThatTheDriverWouldIgnore(String parameter) {
		for (String url : List.of("postgresql://me@host/db?", "jdbc:postgresql://host/db?user=me&")) {
			assertThatExceptionOfType(PlatformConfigurationException.class)
				.isThrownBy(() -> PostgresUrl.parse("ikigai.postgres.url", url + parameter))
				.withMessageContainingAll("'ikigai.postgres.url'", "'" + parameter.split("=")[0] + "'")
				.withMessageNotContaining("secret")
				.satisfies((ex) -> assertThat(ex.action()).isNotBlank());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "host:5432/db", "mysql://me:secret@host/db", "postgresql:host", "jdbc:h2:mem:secret",
			"postgresql://me:secret@host/db?x", "postgresql://me:se%cret@host/db", "postgresql://me:sec@ret@host/db",
			"postgresql://me:sec/ret@host/db", "postgresql://me:secret@host:5432:5433/db",
			"postgresql://me:secret@host:port/db", "postgresql:///db?host=a&hostaddr=::1",
			"postgresql:///db?host=a,b&port=1,2,3", "postgresql:///db?host=/run/postgresql&port=x" })
	void refusesWhatIsNoAddress(String url) {
		assertThatExceptionOfType(PlatformConfigurationException.class)
			.isThrownBy(() -> PostgresUrl.parse("ikigai.postgres.url", url))
			.satisfies((ex) -> {
				assertThat(ex).hasMessageContaining("ikigai.postgres.url").hasMessageNotContaining("secret");
				assertThat(ex).hasMessageNotContaining("sec");
				assertThat(ex.action()).contains("postgresql://user:password@host:5432/database");
			});
	}

	@ParameterizedTest
	@CsvSource({ "jdbc:postgresql://host/db, jdbc:postgresql://host:5432/db, true",
			"jdbc:postgresql://localhost/db, jdbc:postgresql://127.0.0.1:5432/db?ssl=true, true",
			"jdbc:postgresql://localhost/db, jdbc:postgresql://[::1]:5432/db, true",
			"jdbc:postgresql:///db, jdbc:postgresql://localhost/db, true",
			"jdbc:postgresql://HOST/db, jdbc:postgresql://host/db, true",
			"jdbc:postgresql://host/db, jdbc:postgresql://host/other, false",
			"jdbc:postgresql://host/db, jdbc:postgresql://host:5433/db, false",
			"jdbc:postgresql://host/db, jdbc:postgresql://other/db, false",
			"jdbc:postgresql://host/db, jdbc:h2:mem:db, false" })
	void comparesDatabases(String one, String other, boolean same) {
		assertThat(PostgresUrl.sameDatabase(one, other)).isEqualTo(same);
		assertThat(PostgresUrl.sameDatabase(other, one)).isEqualTo(same);
	}

	@Test
	void namesTheKeyItWasGiven() {
		assertThatExceptionOfType(PlatformConfigurationException.class)
			.isThrownBy(() -> PostgresUrl.parse("ikigai.postgres.listen-url", "nothing"))
			.withMessageContaining("ikigai.postgres.listen-url");
	}

}
