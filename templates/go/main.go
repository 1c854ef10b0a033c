// Command main serves the plugin "__plugin__". Its name and those of its symbols are the ones in __plugin__.json.
package main

import (
	"os"

	"plugin.local/__symbol__/portable"
)

func main() {
	portable.Start(os.Args, &portable.PluginConfig{
		Name:      "__plugin__",
		Sources:   map[string]portable.NewSourceFunc{"__symbol___ticks": func() portable.Source { return &ticks{} }},
		Sinks:     map[string]portable.NewSinkFunc{"__symbol___lines": func() portable.Sink { return &lines{} }},
		Functions: map[string]portable.NewFunctionFunc{"__symbol___round": func() portable.Function { return round{} }},
	})
}
