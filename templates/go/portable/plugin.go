package portable

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// NewSourceFunc and its like make a new symbol for each start.
type (
	NewSourceFunc   func() Source
	NewSinkFunc     func() Sink
	NewFunctionFunc func() Function
)

// PluginConfig names a plugin and its symbols, as its manifest does.
type PluginConfig struct {
	Name      string
	Sources   map[string]NewSourceFunc
	Sinks     map[string]NewSinkFunc
	Functions map[string]NewFunctionFunc
}

// Start serves the symbols until the host ends the process, or is gone: then it ends with exit code 1.
func Start(_ []string, conf *PluginConfig) {
	p := &plugin{conf: conf, running: map[string]instance{}}
	sock, err := dialRequest("plugin_" + conf.Name)
	if err != nil {
		log.Fatalf("%s: is it started by a host, and is %q its name in the manifest?", err, conf.Name)
	}
	exitWithPeer(sock)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		log.Print(converse(sock, p.command))
		os.Exit(1)
	}()
	<-signals
	p.stopAll()
	os.Exit(0)
}

type command struct {
	Cmd string `json:"cmd"`
	Arg string `json:"arg"`
}

type control struct {
	SymbolName string         `json:"symbolName"`
	Meta       meta           `json:"meta"`
	PluginType string         `json:"pluginType"`
	DataSource string         `json:"dataSource"`
	Config     map[string]any `json:"config"`
}

type meta struct {
	RuleId     string `json:"ruleId"`
	OpId       string `json:"opId"`
	InstanceId int    `json:"instanceId"`
	FuncId     int    `json:"funcId"`
}

// channel is the name of the data channel of an instance.
func (m meta) channel() string { return fmt.Sprintf("%s_%s_%d", m.RuleId, m.OpId, m.InstanceId) }

// dataSource: hosts say it under two names.
func (c *control) dataSource() string {
	if inConfig, ok := c.Config["datasource"].(string); ok && c.DataSource == "" {
		return inConfig
	}
	return c.DataSource
}

// instance is a running symbol.
type instance interface{ stop() }

type plugin struct {
	conf    *PluginConfig
	mutex   sync.Mutex
	running map[string]instance
}

// command answers `ok`, or what went wrong.
func (p *plugin) command(frame []byte) []byte {
	var cmd command
	var c control
	err := json.Unmarshal(frame, &cmd)
	if err == nil {
		err = json.Unmarshal([]byte(cmd.Arg), &c)
	}
	if err == nil {
		err = guarded(func() error { return p.obey(cmd.Cmd, &c) })
	}
	if err != nil {
		return []byte(err.Error())
	}
	return []byte("ok")
}

func (p *plugin) obey(cmd string, c *control) error {
	key := c.Meta.channel() + "_" + c.SymbolName
	switch cmd {
	case "start":
		p.stop(key)
		return p.start(key, c)
	case "stop":
		p.stop(key) // that nothing runs is what the host wants
		return nil
	default:
		return fmt.Errorf("unknown command %q", cmd)
	}
}

func (p *plugin) start(key string, c *control) (err error) {
	var i instance
	if makeSource, ok := p.conf.Sources[c.SymbolName]; ok && c.PluginType == "source" {
		i, err = startSource(c, makeSource())
	} else if makeSink, ok := p.conf.Sinks[c.SymbolName]; ok && c.PluginType == "sink" {
		i, err = startSink(c, makeSink())
	} else if makeFunction, ok := p.conf.Functions[c.SymbolName]; ok && c.PluginType == "func" {
		i, err = startFunction(c.SymbolName, makeFunction())
	} else {
		err = fmt.Errorf("%s has no %s %s", p.conf.Name, c.PluginType, c.SymbolName)
	}
	if err == nil {
		p.mutex.Lock()
		p.running[key] = i
		p.mutex.Unlock()
	}
	return err
}

func (p *plugin) stop(key string) {
	p.mutex.Lock()
	i, ok := p.running[key]
	delete(p.running, key)
	p.mutex.Unlock()
	if ok {
		i.stop()
	}
}

func (p *plugin) stopAll() {
	p.mutex.Lock()
	all := p.running
	p.running = map[string]instance{}
	p.mutex.Unlock()
	var wait sync.WaitGroup
	for _, i := range all {
		wait.Add(1)
		go func(i instance) {
			defer wait.Done()
			i.stop()
		}(i)
	}
	wait.Wait()
}

// guarded makes an error of a panic in what an author has written.
func guarded(work func() error) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = fmt.Errorf("panic: %v", thrown)
		}
	}()
	return work()
}
