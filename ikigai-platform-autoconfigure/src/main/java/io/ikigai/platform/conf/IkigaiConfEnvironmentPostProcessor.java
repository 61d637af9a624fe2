package io.ikigai.platform.conf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.logging.DeferredLogFactory;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.log.LogMessage;
import org.springframework.util.StringUtils;

/**
 * Finds {@code ikigai.conf} where no {@code ikigai:<path>} import brought one, and ranks
 * it directly below the environment variables: above every application property file, in
 * the jar or beside it, and below everything that is said to one process alone.
 */
class IkigaiConfEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	private static final String VARIABLE = "IKIGAI_CONF";

	private static final String FILE_NAME = "ikigai.conf";

	private final Log log;

	private final Function<String, @Nullable String> environmentVariables;

	private final List<Path> directories;

	private final IkigaiConfReader reader = new IkigaiConfReader(Variables.ofProcess());

	public IkigaiConfEnvironmentPostProcessor(DeferredLogFactory logFactory) {
		this(logFactory, System::getenv, List.of(Path.of(""), Path.of("/etc/ikigai")));
	}

	IkigaiConfEnvironmentPostProcessor(DeferredLogFactory logFactory,
			Function<String, @Nullable String> environmentVariables, List<Path> directories) {
		this.log = logFactory.getLog(IkigaiConfEnvironmentPostProcessor.class);
		this.environmentVariables = environmentVariables;
		this.directories = directories;
	}

	/**
	 * After the imports.
	 */
	@Override
	public int getOrder() {
		return ConfigDataEnvironmentPostProcessor.ORDER + 1;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		MutablePropertySources sources = environment.getPropertySources();
		// An environment that several contexts share comes here once for each of them
		List<PropertySource<?>> found = sources.stream().filter(IkigaiConfReader::made).toList();
		if (found.isEmpty()) {
			found = find().<List<PropertySource<?>>>map((file) -> List.of(this.reader.read(file))).orElse(List.of());
		}
		for (int i = found.size() - 1; i >= 0; i--) {
			place(found.get(i), sources);
		}
	}

	private Optional<Path> find() {
		String named = this.environmentVariables.apply(VARIABLE);
		if (StringUtils.hasText(named)) {
			Path file = Path.of(named);
			if (Files.notExists(file)) {
				throw new IkigaiConfException(file.toAbsolutePath(),
						"does not exist, and the environment variable " + VARIABLE + " names it",
						"Create the file, or correct or unset the variable.", null);
			}
			return Optional.of(file);
		}
		// notExists() is not the opposite of exists(): a file that cannot be looked at
		// must not be passed over in silence
		return this.directories.stream()
			.map((directory) -> directory.resolve(FILE_NAME))
			.filter((file) -> !Files.notExists(file))
			.findFirst();
	}

	private void place(PropertySource<?> source, MutablePropertySources sources) {
		sources.remove(source.getName());
		if (sources.contains(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)) {
			sources.addAfter(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, source);
		}
		else {
			sources.addLast(source);
		}
		this.log.info(LogMessage.format("Configured by %s", source.getName()));
	}

}
