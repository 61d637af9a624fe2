package io.ikigai.platform.conf;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Variables}.
 */
class VariablesTests {

	private final Variables variables = new Variables(
			Map.of("USER", "me", "EMPTY", "", "ODD", "a${USER}\\${USER}$1", "a.b", "dotted")::get);

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			plain                          | plain
			${USER}                        | me
			a-${USER}-${USER}-z            | a-me-me-z
			${USER:other}                  | me
			${NONE:other}                  | other
			${NONE:http://x/y}             | http://x/y
			${NONE:}                       | ''
			${EMPTY:other}                 | ''
			${NONE:${USER}}                | me
			${NONE:${NEITHER:a}b}          | ab
			${NONE:{x}}                    | {x}
			${ODD}                         | a${USER}\\${USER}$1
			${a.b}                         | dotted
			C:\\${USER}                    | C:\\me
			$USER {USER} $$                | $USER {USER} $$
			""")
	void resolves(String text, String expected) {
		assertThat(this.variables.resolve(text)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			${NONE}           | uses ${NONE}, which is not set
			x${USER}${NONE}   | uses ${NONE}, which is not set
			${NONE:${OTHER}}  | uses ${OTHER}, which is not set
			${}               | uses ${}, which is not set
			${USER            | has '${' without a closing '}'
			""")
	void refusesUnresolvable(String text, String problem) {
		assertThatExceptionOfType(Variables.UnresolvedVariableException.class)
			.isThrownBy(() -> this.variables.resolve(text))
			.satisfies((ex) -> assertThat(ex.getProblem()).isEqualTo(problem));
	}

	@Test
	void looksInTheEnvironmentThenInTheSystemProperties() {
		Variables ofProcess = Variables.ofProcess();
		assertThat(ofProcess.resolve("${PATH}")).isEqualTo(System.getenv("PATH"));
		assertThat(ofProcess.resolve("${user.home}")).isEqualTo(System.getProperty("user.home"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "plain", "${x}", "a${x}b${y}c", "\\${x}", "\\\\${x}", "${x", "${", "}${", "${a ${b}",
			"${a${b}}", "${a{b}c}", "${a{b}", "$${x}", "${x:y}", "${x\\:y}", "${x}\\", "a\\b\\", "${}", "{}${:}",
			"${user.home}", "${other}", "${a ${b} \\${c", "{${a}" })
	void keepsLiteralsThroughSpring(String literal) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.addLast(new MapPropertySource("test", Map.of("literal", Variables.escape(literal), "x", "wrong", "other",
					"wrong", "indirect", "${literal}", "b", "wrong", "c", "wrong")));
		ConfigurationPropertySources.attach(environment);
		List<String> read = List.of(String.valueOf(environment.getProperty("literal")),
				environment.getRequiredProperty("literal"), environment.resolveRequiredPlaceholders("${literal}"),
				String.valueOf(environment.getProperty("indirect")),
				Binder.get(environment).bind("literal", String.class).get(),
				Binder.get(environment).bind("indirect", String.class).get());
		assertThat(read).containsOnly(literal);
	}

}
