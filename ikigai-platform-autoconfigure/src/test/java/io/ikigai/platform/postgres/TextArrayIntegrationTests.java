package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

import io.ikigai.platform.testservers.PostgresServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TextArrayIntegrationTests {

	@Test
	void arrivesAsItIs() throws SQLException {
		List<@Nullable String> values = Arrays.asList("", "NULL", null, "null", "a,b", "{}", "{\"k\": \"v\\\\\\\"\"}",
				"\"", "\\", "\\\"", " blank ", "line\nfeed\ttab", "äöü 漢字 😀", "'; DROP TABLE x; --", "$1 ? :name");
		assertThat(echoed(values)).isEqualTo(values);
		assertThat(echoed(List.of())).isEmpty();
	}

	private static List<@Nullable String> echoed(List<@Nullable String> values) throws SQLException {
		try (Connection connection = PostgresServer.shared().freshDatabase().connect();
				PreparedStatement statement = connection
					.prepareStatement("SELECT v FROM unnest(?) WITH ORDINALITY AS n(v, number) ORDER BY number")) {
			statement.setObject(1, TextArray.of(values, Function.identity()));
			List<@Nullable String> echoed = new ArrayList<>();
			try (ResultSet row = statement.executeQuery()) {
				while (row.next()) {
					echoed.add(row.getString(1));
				}
			}
			return echoed;
		}
	}

}
