package io.ikigai.platform.postgres;

import java.sql.SQLException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of {@link PostgresErrors}.
 */
class PostgresErrorsTests {

	private final PostgresErrors errors = new PostgresErrors();

	@Test
	void remembersThatAFullDiskHasRefusedAWrite() {
		this.errors.translate("enqueue", null, new SQLException("No space left on device", "53100"));
		assertThat(this.errors.refusal()).isEqualTo("No space left on device");
	}

	@Test
	void takesNothingElseForARefusedWrite() {
		this.errors.translate("enqueue", null, new SQLException("Serialization failure", "40001"));
		assertThat(this.errors.refusal()).isNull();
	}

}
